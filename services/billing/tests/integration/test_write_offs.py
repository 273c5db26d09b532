"""What is written off is asked of nobody any more; it can be undone, and money that comes takes it up."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from preau.billing import demo
from preau.billing.invariants import INVARIANTS
from preau.common.ids import new_id
from preau.contracts.billing import InvoiceDueChangedV1, InvoiceSettledV1, RefundOrderedV1

MONDAY = date(2026, 3, 2)


@pytest.fixture
async def billed(town) -> tuple[Any, dict[str, Any]]:
    """A meal of 2,60 € billed: (family, invoice)."""
    family = await town.household("Martin", children=1)
    await town.order(family, town.booking(family, MONDAY))
    await town.issue(await town.run())
    (invoice,) = await town.invoices(family)
    await town.service.forget_emitted()
    return family, invoice


async def post(town, invoice, path: str, reason: str = "Famille partie sans adresse") -> Any:
    url = f"/agent/invoices/{invoice['invoice_id']}/{path}"
    return await town.service.client.post(url, json={"reason": reason}, headers=town.agent)


async def write_off(town, invoice) -> dict[str, Any]:
    answer = await post(town, invoice, "write-off")
    assert answer.status_code == 201, answer.text
    return answer.json()


async def seen(town, family) -> tuple[str, int, int, int]:
    """Where the family's first invoice stands: status, due, written off, paid."""
    invoice = (await town.invoices(family))[-1]
    return tuple(invoice[key] for key in ("status", "due_cents", "written_off_cents", "paid_cents"))


async def credit(town) -> int:
    return sum(each["credit_cents"] for each in await town.credits())


async def holds(town) -> None:
    async with town.service.database.system_transaction() as session:
        for invariant in INVARIANTS:
            assert list(await session.execute(text(invariant.sql))) == [], invariant.says


async def test_what_is_written_off_is_due_no_more_and_others_are_told(town, billed):
    family, invoice = billed
    made = await write_off(town, invoice)
    assert (made["status"], made["due_cents"], made["written_off_cents"]) == ("written_off", 0, 260)
    (told,) = await town.service.emitted(InvoiceDueChangedV1)
    assert (told.due_cents, told.written_off_cents, told.invoice.due_cents) == (0, 260, 0)
    assert await town.service.emitted(InvoiceSettledV1) == []
    assert [each["status"] for each in await town.invoices(family, "open")] == []
    assert [each["status"] for each in await town.invoices(family, "paid")] == ["written_off"]
    unpaid = (await town.service.client.get("/agent/unpaid", headers=town.agent)).json()["items"]
    assert unpaid == []
    await holds(town)


async def test_twice_is_refused_and_changes_nothing(town, billed):
    family, invoice = billed
    await write_off(town, invoice)
    again = await post(town, invoice, "write-off")
    assert again.status_code == 409 and again.json()["type"].endswith("nothing-due")
    assert await seen(town, family) == ("written_off", 0, 260, 0)


async def test_undone_it_is_due_again_and_credit_is_set_off(town, billed):
    family, invoice = billed
    await town.pay(invoice["invoice_id"], 100, family)
    await write_off(town, invoice)
    assert await seen(town, family) == ("written_off", 0, 160, 100)
    undone = await post(town, invoice, "write-off/undoing", "La famille a écrit")
    assert undone.status_code == 201, undone.text
    assert await seen(town, family) == ("partly_paid", 160, 0, 100)
    told = (await town.service.emitted(InvoiceDueChangedV1))[-1]
    assert (told.due_cents, told.written_off_cents) == (160, 0)
    assert (await post(town, invoice, "write-off/undoing")).status_code == 409
    assert (await write_off(town, invoice))["written_off_cents"] == 160
    await holds(town)


async def test_late_money_takes_up_the_write_off_before_it_is_credit(town, billed):
    """Guard: `taken_up` in the settlement."""
    family, invoice = billed
    await write_off(town, invoice)
    await town.pay(invoice["invoice_id"], 200, family)
    assert await seen(town, family) == ("written_off", 0, 60, 200) and await credit(town) == 0
    await town.pay(invoice["invoice_id"], 200, family)
    assert await seen(town, family) == ("paid", 0, 0, 260) and await credit(town) == 140
    (settled,) = await town.service.emitted(InvoiceSettledV1)
    assert str(settled.aggregate_id) == invoice["invoice_id"]
    await holds(town)


async def test_the_account_tells_it_in_words(town, billed):
    family, invoice = billed
    await write_off(town, invoice)
    await town.pay(invoice["invoice_id"], 260, family)
    accounts = await town.service.client.get(
        f"/agent/families/{family.family_id}/accounts", headers=town.agent
    )
    (account,) = accounts.json()["items"]
    url = f"/agent/accounts/{account['account_id']}/statement"
    said = (await town.service.client.get(url, headers=town.agent)).json()
    moved = Counter({each["kind"]: each["cents"] for each in said["movements"]})
    assert moved == {"invoice": 260, "write_off": -260, "write_off_undone": 260, "payment": -260}
    assert said["movements"][1]["memo"] == "Famille partie sans adresse"
    assert said["closing_cents"] == 0


async def test_cancelled_it_gives_back_what_was_paid_and_no_more(town, billed):
    family, invoice = billed
    await town.pay(invoice["invoice_id"], 100, family)
    await write_off(town, invoice)
    answer = await post(town, invoice, "cancellation", "Erreur de saisie")
    assert answer.status_code == 201, answer.text
    assert answer.json()["invoice"]["written_off_cents"] == 0
    assert await credit(town) == 100
    await holds(town)


async def test_a_refund_denied_takes_up_what_was_written_off_meanwhile(town, billed):
    family, invoice = billed
    payment = await town.pay(invoice["invoice_id"], 260, family)
    await town.refund(payment.aggregate_id)
    await write_off(town, invoice)
    (ordered,) = await town.service.emitted(RefundOrderedV1)
    await town.service.deliver(town.refund_denial(ordered))
    assert await seen(town, family) == ("paid", 0, 0, 260) and await credit(town) == 0
    await holds(town)


async def test_what_paid_a_part_is_not_refunded_under_a_write_off(town, billed):
    """Guard: `lock_settled` leaves out what was written off."""
    family, invoice = billed
    payment = await town.pay(invoice["invoice_id"], 100, family)
    await write_off(town, invoice)
    assert (await town.refund(payment.aggregate_id)).status_code == 409
    assert await seen(town, family) == ("written_off", 0, 160, 100)


async def test_a_prepaid_invoice_is_cancelled_by_its_order_instead(town):
    family = await town.household("Martin")
    day = town.booking(family, date(2026, 3, 4), activity=town.MERCREDI, status="awaiting_payment")
    await town.order(family, day, prepaid=True)
    (invoice,) = await town.invoices(family)
    refused = await post(town, invoice, "write-off")
    assert refused.status_code == 409 and "d’elle-même" in refused.json()["detail"]


async def test_a_correction_of_a_written_off_invoice_takes_it_up(town):
    """What was never paid is not owed: the credit note lays on what was written off."""
    family = await town.household("Martin")
    day = town.booking(family, date(2026, 3, 4), activity=town.MERCREDI, status="awaiting_payment")
    order = await town.order(family, day, prepaid=True)
    await town.pay(await town.prepaid_invoice(order), 750, family)
    await town.close(order, "confirmed")
    await town.service.forget_emitted()
    await town.issue(await town.run(regie_id=str(demo.LEISURE)))  # all of the month was paid at booking
    await town.service.forget_emitted()
    family.quotient = 1200
    await town.service.deliver(family.event())
    begun = await town.begin_run(kind="complement", regie_id=str(demo.LEISURE))
    await town.compute()
    await town.issue(begun.json()["run_id"])
    complement = next(each for each in await town.invoices(family) if each["kind"] == "complement")
    await write_off(town, complement)
    ended = day.model_copy(update={"status": "cancelled", "booking_version": 3})
    await town.service.deliver(town.changed(ended))
    standing = {each["kind"]: each for each in await town.invoices(family)}
    assert standing["complement"]["written_off_cents"] == 0
    assert await credit(town) == 750
    await holds(town)


async def test_an_unknown_invoice_is_not_found_and_a_reason_is_needed(town, billed):
    _, invoice = billed
    assert (await post(town, {"invoice_id": new_id()}, "write-off")).status_code == 404
    refused = await post(town, invoice, "write-off", "  ")
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["reason"]


async def test_ten_agents_at_once_write_off_once(town, billed):
    """Guard: the account, or the invoice, is locked before it is looked at."""
    family, invoice = billed
    answers = await asyncio.gather(*(post(town, invoice, "write-off") for _ in range(10)))
    assert Counter(each.status_code for each in answers) == {201: 1, 409: 9}
    assert await seen(town, family) == ("written_off", 0, 260, 0)
    await holds(town)
