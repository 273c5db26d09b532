"""What goes back to a family goes back once, and never more than the ledger has."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from preau.common.ids import new_id
from preau.contracts.billing import InvoiceDueChangedV1, RefundOrderedV1
from preau.testing.lock_waits import lock_waits

MONDAY = date(2026, 3, 2)


@pytest.fixture
async def paid(town) -> tuple[Any, dict[str, Any], Any]:
    """A meal of 2,60 € billed and paid: (family, invoice, payment)."""
    family = await town.household("Martin", children=1)
    await town.order(family, town.booking(family, MONDAY))
    await town.issue(await town.run())
    (invoice,) = await town.invoices(family)
    payment = await town.pay(invoice["invoice_id"], 260, family)
    await town.service.forget_emitted()
    return family, invoice, payment


async def due(town, family) -> int:
    return sum(each["due_cents"] for each in await town.invoices(family))


async def plan(town, payment) -> dict[str, Any]:
    url = f"/agent/payments/{payment.aggregate_id}/refunds/plan"
    return (await town.service.client.get(url, headers=town.agent)).json()


async def cancel(town, invoice) -> None:
    url = f"/agent/invoices/{invoice['invoice_id']}/cancellation"
    answer = await town.service.client.post(url, json={"reason": "Erreur"}, headers=town.agent)
    assert answer.status_code == 201, answer.text


async def test_a_refund_of_what_pays_a_live_invoice_makes_it_due_again_as_was_said(town, paid):
    family, invoice, payment = paid
    said = await plan(town, payment)
    again = {"invoice_id": invoice["invoice_id"], "number": invoice["number"], "cents": 260}
    assert said == {
        "refundable_cents": 260,
        "amount_cents": 260,
        "from_credit_cents": 0,
        "due_again": [again],
    }
    assert said.items() <= (await town.refund(payment.aggregate_id)).json().items()
    assert await due(town, family) == 260
    (changed,) = await town.service.emitted(InvoiceDueChangedV1)
    assert (changed.due_cents, changed.received_cents, changed.due_again_cents) == (260, 260, 260)
    (ordered,) = await town.service.emitted(RefundOrderedV1)
    assert (ordered.payment_id, ordered.amount_cents) == (payment.aggregate_id, 260)
    for _ in range(2):
        await town.service.deliver(town.refunded(ordered))
    assert (await town.refund(payment.aggregate_id)).status_code == 409
    # Paid anew it is paid, and that is all.
    await town.pay(invoice["invoice_id"], 260, family)
    assert await due(town, family) == 0 and await town.credits() == []


async def test_credit_goes_first_and_parts_are_added_up(town, paid):
    _, invoice, payment = paid
    await cancel(town, invoice)
    assert (await town.refund(payment.aggregate_id, 100)).json()["from_credit_cents"] == 100
    assert [credit["credit_cents"] for credit in await town.credits()] == [160]
    assert (await town.refund(payment.aggregate_id, 161)).status_code == 409
    assert (await town.refund(payment.aggregate_id)).json()["amount_cents"] == 160
    assert await town.credits() == []
    assert (await plan(town, payment))["refundable_cents"] == 0


async def test_what_was_given_back_by_hand_is_not_given_back_by_the_bank(town, paid):
    _, invoice, payment = paid
    await cancel(town, invoice)
    assert (await town.give_credit_back(200)).status_code == 201
    refused = await town.refund(payment.aggregate_id, 260)
    assert refused.status_code == 409 and refused.json()["refundable_cents"] == 60


async def test_a_refund_that_is_denied_puts_everything_back(town, paid):
    family, _, payment = paid
    await town.refund(payment.aggregate_id)
    (ordered,) = await town.service.emitted(RefundOrderedV1)
    for _ in range(2):
        await town.service.deliver(town.refund_denial(ordered))
    assert await due(town, family) == 0 and await town.credits() == []
    assert (await plan(town, payment))["refundable_cents"] == 260


async def test_a_refund_denied_after_the_invoice_was_paid_anew_is_credit(town, paid):
    family, invoice, payment = paid
    await town.refund(payment.aggregate_id)
    (ordered,) = await town.service.emitted(RefundOrderedV1)
    await town.pay(invoice["invoice_id"], 260, family)
    await town.service.deliver(town.refund_denial(ordered))
    assert [credit["credit_cents"] for credit in await town.credits()] == [260]


async def test_what_pays_confirmed_bookings_is_not_refunded_under_them(town):
    family = await town.household("Martin")
    day = town.booking(family, date(2026, 3, 4), activity=town.MERCREDI, status="awaiting_payment")
    order = await town.order(family, day, prepaid=True)
    payment = await town.pay(await town.prepaid_invoice(order), 750, family)
    refused = await town.refund(payment.aggregate_id)
    assert refused.status_code == 409 and "annuler d’abord" in refused.json()["detail"]


async def test_an_unknown_payment_is_not_found(town):
    assert (await town.refund(new_id())).status_code == 404


async def test_fifty_at_once_give_back_what_there_is(town, paid):
    """Twenty-five agents by transfer, twenty-five by the bank. Guard: the lock of the family's account."""
    _, invoice, payment = paid
    await cancel(town, invoice)
    (credit,) = await town.credits()

    async def by_hand() -> int:
        answer = await town.service.client.post(
            f"/agent/credits/{credit['account_id']}/refunds",
            json={"amount_cents": 130, "means": "cash", "note": "Au guichet"},
            headers=town.agent | {"Idempotency-Key": str(new_id())},
        )
        return answer.status_code

    async def by_bank() -> int:
        return (await town.refund(payment.aggregate_id, 130)).status_code

    codes = Counter(await asyncio.gather(*(each() for _ in range(25) for each in (by_hand, by_bank))))
    assert codes == {201: 2, 409: 48}
    assert await town.credits() == []


async def test_a_refund_waits_for_the_cancellation_that_is_under_way(town, paid):
    """Guard: the account is locked before the invoice is looked at."""
    family, invoice, payment = paid
    database = town.service.database
    async with lock_waits(database) as waits, database.system_transaction() as session:
        await session.execute(text("SELECT FROM family_account FOR UPDATE"))
        cancelling = asyncio.create_task(cancel(town, invoice))
        await waits.until()
        refunding = asyncio.create_task(town.refund(payment.aggregate_id))
        await waits.until(2)
    await cancelling
    assert (await refunding).json()["from_credit_cents"] == 260
    assert await due(town, family) == 0 and await town.credits() == []
