"""A month at the canteen, told by dates."""

from datetime import date

from preau.contracts.billing import InvoiceIssuedV1


async def test_a_month_is_billed_once_and_explained(town):
    martin = await town.household("Martin")
    # On 26 February she books four meals for both children.
    days = [date(2026, 3, day) for day in (2, 3, 5, 6)]
    bookings = [town.booking(martin, day, child=child) for child in (0, 1) for day in days]
    await town.order(martin, *bookings)
    # On 4 March she cancels the 5th for the eldest, in time.
    await town.change(bookings[2], "cancelled")
    # On the 6th the second child is ill, with a certificate; on the 3rd the eldest was simply not there.
    await town.change(bookings[7], "absent_justified")
    await town.change(bookings[1], "absent_unjustified")
    # On the 31st the agent runs the month.
    run_id = await town.run()
    preview = (await town.service.client.get(f"/agent/runs/{run_id}", headers=town.agent)).json()
    assert (preview["status"], preview["families"], preview["total_cents"]) == (
        "computed",
        1,
        3 * 260 + 3 * 234,
    )
    assert await town.invoices(martin) == []
    issued = await town.issue(run_id)
    assert issued.status_code == 200, issued.text
    (invoice,) = await town.invoices(martin)
    assert invoice["number"].startswith("RS-") and invoice["number"].endswith("-000001")
    assert (invoice["total_cents"], invoice["due_cents"], invoice["status"]) == (1482, 1482, "issued")
    detail = (
        await town.service.client.get(
            f"/parent/families/{martin.family_id}/invoices/{invoice['invoice_id']}",
            headers=town.parent(martin),
        )
    ).json()
    malo, zoe = detail["lines"]  # by first name; Zoé is the eldest
    assert (zoe["quantity"], zoe["unit_cents"], zoe["amount_cents"]) == (3, 260, 780)
    assert (malo["quantity"], malo["unit_cents"], malo["amount_cents"]) == (3, 234, 702)
    assert zoe["dates"] == ["2026-03-02", "2026-03-03", "2026-03-06"]
    assert "2e enfant −10" in malo["explanation"]
    (event,) = await town.service.emitted(InvoiceIssuedV1)
    assert event.invoices[0].total_cents == 1482


async def test_a_complement_bills_what_came_after(town):
    martin, durand = await town.household("Martin"), await town.household("Durand", quotient=None)
    early = town.booking(martin, date(2026, 3, 2))
    await town.order(martin, early)
    assert (await town.issue(await town.run())).status_code == 200
    await town.order(martin, town.booking(martin, date(2026, 3, 30)))
    await town.order(durand, town.booking(durand, date(2026, 3, 31)))
    await town.change(early, "absent_justified")
    again = await town.begin_run()
    assert again.status_code == 409 and again.json()["type"].endswith("run-exists")
    await town.service.forget_emitted()
    run_id = await town.run(kind="complement")
    detail = (await town.service.client.get(f"/agent/runs/{run_id}", headers=town.agent)).json()
    assert {anomaly["kind"] for anomaly in detail["anomalies"]} == {"missing_quotient", "nothing_due"}
    assert (await town.issue(run_id)).status_code == 200
    assert sorted(invoice["total_cents"] for invoice in await town.invoices(martin)) == [0, 260]
    (complement,) = await town.invoices(durand)
    assert (complement["total_cents"], complement["kind"]) == (480, "complement")
    await town.service.forget_emitted()
    empty = await town.run(kind="complement")
    detail = (await town.service.client.get(f"/agent/runs/{empty}", headers=town.agent)).json()
    assert (detail["status"], detail["families"], detail["total_cents"]) == ("computed", 0, 0)
    none = await town.begin_run("2026-05")
    assert (none.json()["status"], none.json()["chunks_total"]) == ("computed", 0)


async def test_tariffs_and_quotients_are_frozen_when_the_run_begins(town):
    martin = await town.household("Martin")
    await town.order(martin, town.booking(martin, date(2026, 3, 2)))
    run = (await town.begin_run()).json()
    martin.quotient = 100
    await town.service.deliver(martin.event())
    stated = await town.service.client.post(
        "/agent/tariffs",
        headers=town.agent,
        json={
            "activity_id": "01900000-0000-7000-8000-0000000000c1",
            "effective_from": "2025-09-01",
            "definition": {"rows": [{"price": {"kind": "flat", "amount_cents": 999}}]},
        },
    )
    assert stated.status_code == 201, stated.text
    await town.compute()
    computed = (await town.service.client.get(f"/agent/runs/{run['run_id']}", headers=town.agent)).json()
    assert computed["total_cents"] == 260


async def test_a_discarded_preview_leaves_its_charges_open(town):
    martin = await town.household("Martin")
    await town.order(martin, town.booking(martin, date(2026, 3, 2)))
    run_id = await town.run()
    discarded = await town.service.client.post(f"/agent/runs/{run_id}/discard", headers=town.agent)
    assert discarded.json()["status"] == "discarded", discarded.text
    assert (await town.issue(run_id)).status_code == 409
    await town.service.forget_emitted()
    assert (await town.issue(await town.run())).status_code == 200
    (invoice,) = await town.invoices(martin)
    assert invoice["total_cents"] == 260


async def test_many_families_go_through_several_chunks_with_contiguous_numbers(town):
    families = [await town.household(f"Famille{index:02}") for index in range(7)]
    for family in families:
        await town.order(family, town.booking(family, date(2026, 3, 2)))
    run_id = await town.run()
    run = (await town.service.client.get(f"/agent/runs/{run_id}", headers=town.agent)).json()
    assert (run["chunks_total"], run["chunks_done"], run["families"]) == (4, 4, 7)
    await town.issue(run_id)
    numbers = [(await town.invoices(family))[0]["number"] for family in families]
    assert [int(number[-6:]) for number in numbers] == list(range(1, 8))


async def test_what_is_asked_once_a_month_is_due_as_long_as_something_stands(town):
    martin = await town.household("Martin", children=1)
    bookings = [town.booking(martin, date(2026, 3, day)) for day in (2, 3)]
    flat = {"price": {"kind": "flat", "amount_cents": 100}}
    once = {"label": "dossier", "amount_cents": 200, "once": "family_month"}
    stated = await town.service.client.post(
        "/agent/tariffs",
        json={
            "activity_id": str(town.REPAS),
            "effective_from": "2026-03-01",
            "definition": {"rows": [flat], "supplements": [once]},
        },
        headers=town.agent,
    )
    assert stated.status_code == 201, stated.text
    await town.order(martin, *bookings)
    await town.issue(await town.run())
    # The 2nd, which bears the supplement, is given back: the 3rd stands, and bears it from now on.
    await town.change(bookings[0], "absent_justified")
    await town.service.forget_emitted()
    await town.issue(await town.run(kind="complement"))
    assert sorted(invoice["total_cents"] for invoice in await town.invoices(martin)) == [-100, 400]
