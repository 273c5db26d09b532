"""An invoice and what corrects it are cancelled in their order, and no money goes back twice."""

from datetime import date
from typing import Any

from preau.billing import demo
from preau.billing.invoices import repository as invoices
from preau.billing.ledger.domain import Holder
from preau.contracts.billing import InvoiceIssuedV1

REASON = {"reason": "Erreur de saisie"}


async def corrected(town, *, paid: bool = False) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Two days billed 5,20; one is justified; the complement of −2,60 is issued."""
    martin = await town.household("Martin", children=1)
    days = [town.booking(martin, date(2026, 3, day)) for day in (2, 3)]
    await town.order(martin, *days)
    await town.issue(await town.run())
    if paid:
        (invoice,) = await town.invoices(martin)
        await town.pay(invoice["invoice_id"], 520, martin)
    await town.change(days[0], "absent_justified")
    await town.service.forget_emitted()
    await town.issue(await town.run(kind="complement"))
    complement, invoice = sorted(await town.invoices(martin), key=lambda each: each["total_cents"])
    assert (invoice["total_cents"], complement["total_cents"]) == (520, -260)
    return martin, invoice, complement


async def cancel(town, invoice: dict[str, Any]) -> Any:
    url = f"/agent/invoices/{invoice['invoice_id']}/cancellation"
    return await town.service.client.post(url, json=REASON, headers=town.agent)


async def owed(town) -> list[int]:
    return [credit["credit_cents"] for credit in await town.credits()]


async def dues(town, family) -> dict[str, int]:
    return {each["number"]: each["due_cents"] for each in await town.invoices(family)}


async def complement_of(town) -> int:
    """The total of another complement, which is discarded."""
    await town.service.forget_emitted()
    run_id = await town.run(kind="complement")
    run = (await town.service.client.get(f"/agent/runs/{run_id}", headers=town.agent)).json()
    assert run["avoirs_to_issue"] == (run["total_cents"] < 0)  # of one family
    await town.service.client.post(f"/agent/runs/{run_id}/discard", headers=town.agent)
    return run["total_cents"]


async def test_an_invoice_that_was_corrected_names_what_corrects_it(town):
    _, invoice, complement = await corrected(town)
    refused = await cancel(town, invoice)
    assert refused.status_code == 409 and refused.json()["type"].endswith("invoice-corrected")
    assert refused.json()["numbers"] == [complement["number"]]
    assert await complement_of(town) == 0


async def test_what_corrects_an_unpaid_invoice_is_no_longer_due_of_it(town):
    """The family is told by the avoir, and asked for the rest alone."""
    martin, invoice, complement = await corrected(town)
    assert await dues(town, martin) == {invoice["number"]: 260, complement["number"]: 0}
    assert await owed(town) == []
    issued = [each.invoices[0].total_cents for each in await town.service.emitted(InvoiceIssuedV1)]
    assert issued == [-260]


async def test_a_complement_in_favour_is_cancelled_with_its_credit(town):
    martin, invoice, complement = await corrected(town)
    assert (await cancel(town, complement)).status_code == 201
    assert (await dues(town, martin))[invoice["number"]] == 520
    assert await complement_of(town) == -260
    # Then the invoice itself: paid in part, its money is a credit, once.
    await town.pay(invoice["invoice_id"], 300, martin)
    assert (await cancel(town, invoice)).status_code == 201
    assert await owed(town) == [300]
    assert await complement_of(town) == 260


async def test_agents_find_what_was_paid_apart_from_what_is_owed_to_families(town):
    async def found(status: str) -> list[int]:
        answer = await town.service.client.get(f"/agent/invoices?status={status}", headers=town.agent)
        assert answer.status_code == 200, answer.text
        return [each["total_cents"] for each in answer.json()["items"]]

    await corrected(town, paid=True)
    assert (await found("paid"), await found("in_favour")) == ([520], [-260])


async def test_nobody_has_paid_what_takes_an_avoir_back(town):
    """So a refund, or another avoir that is cancelled, draws nothing on it."""
    martin, invoice, complement = await corrected(town, paid=True)
    note = (await cancel(town, complement)).json()["credit_note"]
    assert (note["total_cents"], note["paid_cents"], note["due_cents"]) == (260, 0, 0)
    holder = Holder(demo.JOLIEVILLE, demo.MEALS, martin.family_id)
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        settled = await invoices.lock_settled(session, holder)
        assert [str(each.invoice_id) for each in settled] == [invoice["invoice_id"]]


async def test_a_credit_that_was_given_back_is_due_when_its_complement_is_cancelled(town):
    martin, invoice, complement = await corrected(town, paid=True)
    assert await owed(town) == [260]
    assert (await town.give_credit_back(260)).status_code == 201
    assert (await cancel(town, complement)).status_code == 201
    assert (await dues(town, martin))[invoice["number"]] == 260
    assert await owed(town) == []


async def test_a_complement_that_adds_is_cancelled_first(town):
    martin = await town.household("Martin", children=1)
    day = town.booking(martin, date(2026, 3, 2))
    await town.order(martin, day)
    await town.issue(await town.run())
    (invoice,) = await town.invoices(martin)
    martin.quotient = 900
    await town.service.deliver(martin.event())
    await town.service.forget_emitted()
    await town.issue(await town.run(kind="complement"))
    complement = next(each for each in await town.invoices(martin) if each["kind"] == "complement")
    assert complement["total_cents"] == 345 - 260
    assert (await cancel(town, invoice)).status_code == 409
    assert (await cancel(town, complement)).status_code == 201
    assert (await cancel(town, invoice)).status_code == 201
    assert await complement_of(town) == 345


async def referred(town, family, invoice) -> list[tuple[str, str]]:
    """What a document says that it does, and to which, for its family and for agents alike."""
    told = []
    for who, url in (
        (town.parent(family), f"/parent/families/{family.family_id}/invoices/{invoice['invoice_id']}"),
        (town.agent, f"/agent/invoices/{invoice['invoice_id']}"),
    ):
        found = (await town.service.client.get(url, headers=who)).json()["references"]
        told.append([(each["act"], each["number"]) for each in found])
    assert told[0] == told[1]
    return told[0]


async def test_a_complement_names_what_it_corrects_and_a_credit_note_what_it_cancels(town):
    martin, invoice, complement = await corrected(town)
    assert await referred(town, martin, complement) == [("corrects", invoice["number"])]
    assert await referred(town, martin, invoice) == []
    await cancel(town, complement)
    note = (await cancel(town, invoice)).json()["credit_note"]
    assert await referred(town, martin, note) == [("cancels", invoice["number"])]
    again = await town.run(kind="complement")
    assert (await town.issue(again)).status_code == 200
    anew = (await town.invoices(martin, "open"))[0]
    assert await referred(town, martin, anew) == [], "what was cancelled is billed anew, not corrected"


async def test_what_bills_other_days_corrects_nothing(town):
    martin = await town.household("Martin")
    for day, kind in ((2, "month_end"), (3, "complement")):
        await town.order(martin, town.booking(martin, date(2026, 3, day)))
        assert (await town.issue(await town.run(kind=kind))).status_code == 200
    invoices = await town.invoices(martin)
    assert len(invoices) == 2
    for each in invoices:
        assert await referred(town, martin, each) == []
