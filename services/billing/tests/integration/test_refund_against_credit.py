"""What goes back to a family goes back once: by a refund or as a credit, whichever is first."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from preau.billing import demo
from preau.billing.invoices import service as invoicing
from preau.common.ids import new_id
from preau.contracts.payments import Allocation, PaymentRefundedV1
from preau.testing.lock_waits import lock_waits

WEDNESDAY = date(2026, 3, 4)


@pytest.fixture
async def sold(town):
    """A Wednesday of 7,50 € ordered and invoiced: (family, order, invoice)."""
    family = await town.household("Martin")
    day = town.booking(family, WEDNESDAY, activity=town.MERCREDI, status="awaiting_payment")
    order = await town.order(family, day, prepaid=True)
    return family, order, await town.prepaid_invoice(order)


def refund_of(payment, cents: int) -> PaymentRefundedV1:
    """The payment's money, given back at the provider."""
    [part] = payment.allocations
    return PaymentRefundedV1(
        commune_id=payment.commune_id,
        aggregate_id=payment.aggregate_id,
        aggregate_version=2,
        regie_id=payment.regie_id,
        family_id=payment.family_id,
        amount_cents=cents,
        provider="sandbox",
        provider_reference="r",
        refunded_at=datetime.now(UTC),
        allocations=(Allocation(invoice_id=part.invoice_id, invoice_number="n", amount_cents=cents),),
    )


async def open_credits(town) -> list[tuple[int, int]]:
    """What the open credits were, and what is left of each."""
    answer = await town.service.client.get("/agent/credits", headers=town.agent)
    return [(credit["amount_cents"], credit["left_cents"]) for credit in answer.json()["items"]]


async def test_what_was_refunded_is_not_owed_when_the_invoice_is_cancelled_later(town, sold):
    """Guard: ``open_credit`` sets off what refunds gave back before."""
    family, order, invoice_id = sold
    paid = await town.pay(invoice_id, 750, family)
    await town.service.deliver(refund_of(paid, 750))
    await town.close(order, "expired")
    assert await open_credits(town) == []


async def test_refunds_of_parts_lower_the_credit_by_as_much(town, sold):
    family, order, invoice_id = sold
    first = await town.pay(invoice_id, 300, family)
    second = await town.pay(invoice_id, 450, family)
    await town.close(order, "expired")
    assert await open_credits(town) == [(750, 750)]
    await town.service.deliver(refund_of(first, 300))
    assert await open_credits(town) == [(750, 450)]
    await town.service.deliver(refund_of(second, 450))
    assert await open_credits(town) == []


async def test_a_second_payment_stands_in_for_the_one_that_was_refunded(town, sold):
    family, _, invoice_id = sold
    first = await town.pay(invoice_id, 750, family)
    await town.service.deliver(refund_of(first, 750))
    await town.pay(invoice_id, 750, family)
    assert await open_credits(town) == []


async def test_a_refund_waits_for_the_cancellation_that_is_under_way(town, sold):
    """Guard: ``refund`` locks the invoice first; else it does not see the credit that is being noted."""
    family, _, invoice_id = sold
    paid = await town.pay(invoice_id, 750, family)
    async with lock_waits(town.service.database) as waits:
        async with town.service.database.transaction(demo.JOLIEVILLE) as session:
            await invoicing.cancel(session, invoice_id, reason="erreur")
            refunding = asyncio.create_task(town.service.deliver(refund_of(paid, 750)))
            await waits.until()
        await refunding
    assert await open_credits(town) == []


async def test_fifty_at_once_have_one_effect(town, sold):
    """Twenty-five agents say that it is done, twenty-five times the refund is delivered.

    Guard: ``refunded_cents`` is noted once.
    """
    family, _, invoice_id = sold
    paid = await town.pay(invoice_id, 750, family)
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        await invoicing.cancel(session, invoice_id, reason="erreur")
        credit_id = await session.scalar(text("SELECT credit_id FROM family_credit"))

    async def handle() -> int:
        answer = await town.service.client.post(
            f"/agent/credits/{credit_id}/handling", headers=town.agent, json={"note": "Virement"}
        )
        return answer.status_code

    handled, _ = await asyncio.gather(
        asyncio.gather(*(handle() for _ in range(25))),
        asyncio.gather(*(town.service.deliver(refund_of(paid, 750), message_id=new_id()) for _ in range(25))),
    )
    assert await open_credits(town) == []
    counted = Counter(handled)
    assert set(counted) <= {200, 409} and counted[200] <= 1
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        refunded = await session.scalar(text("SELECT refunded_cents FROM payment_effect"))
        by_hand = await session.scalar(text("SELECT count(handled_by) FROM family_credit"))
        audited = await session.scalar(text("SELECT count(*) FROM audit_log WHERE action = 'credit.handled'"))
    assert (refunded, by_hand, audited) == (750, counted[200], counted[200])


async def test_two_agents_who_handle_a_credit_at_once_are_told_apart(town, sold):
    """Guard: the credit's row lock (``credit_repository.lock``), under which its status is read."""
    family, _, invoice_id = sold
    await town.pay(invoice_id, 1000, family)
    database = town.service.database
    async with lock_waits(database) as waits, database.transaction(demo.JOLIEVILLE) as session:
        credit_id = await session.scalar(text("SELECT credit_id FROM family_credit FOR UPDATE"))
        handling = [
            asyncio.create_task(
                town.service.client.post(
                    f"/agent/credits/{credit_id}/handling", headers=town.agent, json={"note": "Virement"}
                )
            )
            for _ in range(2)
        ]
        await waits.until(2)
    assert sorted([(await answer).status_code for answer in handling]) == [200, 409]
