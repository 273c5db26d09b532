"""What changes between the computing of a month and its issue: no draft is issued that is no longer so."""

from datetime import date
from typing import Any

from preau.contracts.billing import InvoiceIssuedV1


async def computed(town) -> tuple[Any, Any, Any, str]:
    """Two families in two chunks with the first booking of each, and the run that billed them."""
    martin, durand = await town.household("Martin"), await town.household("Durand", children=1)
    other = await town.household("Petit", children=1)
    bookings = [town.booking(family, date(2026, 3, 2)) for family in (martin, durand, other)]
    for family, booking in zip((martin, durand, other), bookings, strict=True):
        await town.order(family, booking)
    run_id = await town.run()
    await town.service.forget_emitted()
    return martin, durand, bookings, run_id


async def run_of(town, run_id: str) -> dict[str, Any]:
    return (await town.service.client.get(f"/agent/runs/{run_id}", headers=town.agent)).json()


async def recompute(town, run_id: str) -> Any:
    return await town.service.client.post(f"/agent/runs/{run_id}/recompute", headers=town.agent)


async def test_a_day_cancelled_after_the_computing_is_not_issued(town):
    martin, durand, bookings, run_id = await computed(town)
    assert (await run_of(town, run_id))["total_cents"] == 3 * 260
    await town.change(bookings[0], "cancelled")
    refused = await town.issue(run_id)
    assert (refused.status_code, refused.json()["families"]) == (409, 1)
    assert refused.json()["type"].endswith("drafts-stale") and "Martin" in refused.json()["detail"]
    assert await town.service.emitted(InvoiceIssuedV1) == []
    again = await recompute(town, run_id)
    assert (again.status_code, again.json()["status"]) == (202, "computing")
    assert (again.json()["chunks_done"], again.json()["chunks_total"]) == (1, 2)
    await town.compute()
    run = await run_of(town, run_id)
    assert (run["status"], run["families"], run["total_cents"]) == ("computed", 2, 2 * 260)
    assert (await town.issue(run_id)).status_code == 200
    assert await town.invoices(martin) == []
    assert [invoice["total_cents"] for invoice in await town.invoices(durand)] == [260]


async def test_a_day_booked_and_a_mark_on_the_roll_change_a_draft_too(town):
    martin, _, bookings, run_id = await computed(town)
    await town.order(martin, town.booking(martin, date(2026, 3, 3)))
    assert (await town.issue(run_id)).status_code == 409
    await recompute(town, run_id)
    await town.compute()
    await town.service.forget_emitted()
    await town.change(bookings[1], "attended")
    assert (await town.issue(run_id)).status_code == 409
    await recompute(town, run_id)
    await town.compute()
    assert (await town.issue(run_id)).status_code == 200
    assert [invoice["total_cents"] for invoice in await town.invoices(martin)] == [520]


async def test_a_family_that_books_after_the_computing_is_billed_with_the_others_when_asked_for(town):
    *_, run_id = await computed(town)
    late = await town.household("Lefèvre", children=1)
    await town.order(late, town.booking(late, date(2026, 3, 4)))
    again = (await recompute(town, run_id)).json()
    assert (again["status"], again["chunks_done"], again["chunks_total"]) == ("computing", 2, 3)
    await town.compute()
    assert (await run_of(town, run_id))["families"] == 4
    assert (await recompute(town, run_id)).json()["status"] == "computed", "nobody else came"
    assert (await town.issue(run_id)).status_code == 200
    assert [invoice["total_cents"] for invoice in await town.invoices(late)] == [260]
    assert (await run_of(town, run_id))["invoices_issued"] == 4


async def test_what_did_not_change_is_not_computed_again(town):
    _, _, _, run_id = await computed(town)
    again = await recompute(town, run_id)
    assert (again.json()["status"], again.json()["chunks_done"]) == ("computed", 2)
    assert (await town.issue(run_id)).status_code == 200
    assert (await recompute(town, run_id)).status_code == 409


async def test_what_concerns_another_month_or_regie_leaves_the_drafts_as_they_are(town):
    martin, _, _, run_id = await computed(town)
    await town.order(martin, town.booking(martin, date(2026, 4, 2)))
    await town.order(martin, town.booking(martin, date(2026, 3, 4), activity=town.MERCREDI))
    assert (await town.issue(run_id)).status_code == 200


async def test_an_invoice_cancelled_after_the_computing_is_not_given_back_twice(town):
    martin = await town.household("Martin", children=1)
    days = [town.booking(martin, date(2026, 3, day)) for day in (2, 3)]
    await town.order(martin, *days)
    await town.issue(await town.run())
    (invoice,) = await town.invoices(martin)
    await town.change(days[0], "absent_justified")
    await town.service.forget_emitted()
    run_id = await town.run(kind="complement")
    assert (await run_of(town, run_id))["total_cents"] == -260
    url = f"/agent/invoices/{invoice['invoice_id']}/cancellation"
    cancelled = await town.service.client.post(url, json={"reason": "Erreur de saisie"}, headers=town.agent)
    assert cancelled.status_code == 201, cancelled.text
    refused = await town.issue(run_id)
    assert refused.status_code == 409 and refused.json()["type"].endswith("drafts-stale")
    await recompute(town, run_id)
    await town.compute()
    assert (await run_of(town, run_id))["total_cents"] == 260
    assert (await town.issue(run_id)).status_code == 200


async def test_a_family_that_a_complement_asks_nothing_is_taken_up_when_its_charges_change(town):
    """Not only drafts may be out of date: so may it be that a family has none."""
    martin, _, bookings, run_id = await computed(town)
    assert (await town.issue(run_id)).status_code == 200
    await town.service.forget_emitted()
    complement = await town.run(kind="complement")
    assert (await run_of(town, complement))["families"] == 0
    assert (await recompute(town, complement)).json()["status"] == "computed", "nothing changed"
    await town.service.forget_emitted()
    await town.change(bookings[0], "cancelled")
    again = (await recompute(town, complement)).json()
    assert (again["status"], again["chunks_done"], again["chunks_total"]) == ("computing", 1, 2)
    await town.compute()
    run = await run_of(town, complement)
    assert (run["status"], run["families"], run["total_cents"]) == ("computed", 1, -260)
    await town.service.forget_emitted()
    assert (await recompute(town, complement)).json()["status"] == "computed", "it is seen once"
    assert (await town.issue(complement)).status_code == 200
    assert [invoice["total_cents"] for invoice in await town.invoices(martin)] == [-260, 260]


async def test_a_family_of_which_nothing_has_a_tariff_is_not_computed_for_ever(town):
    family = await town.household("Martin", children=1)
    await town.order(family, town.booking(family, date(2020, 3, 2)))
    run_id = await town.run("2020-03")
    assert (await run_of(town, run_id))["families"] == 0
    await town.service.forget_emitted()
    assert (await recompute(town, run_id)).json()["status"] == "computed"


async def test_a_complement_comes_after_its_month(town):
    """Else it would bill the month, and nothing could bill what is carried over to it."""
    martin = await town.household("Martin", children=1)
    await town.order(martin, town.booking(martin, date(2026, 3, 2)))
    refused = await town.begin_run(kind="complement")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "month-not-billed")
    assert "mars 2026" in refused.json()["detail"]
    begun = await town.begin_run()
    assert begun.status_code == 202
    beside = await town.begin_run(kind="complement")
    assert beside.json()["type"].rpartition("/")[2] == "run-exists"
