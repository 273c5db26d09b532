"""Refunds that billing ordered, and what their providers made of them."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.messaging.outbox import emit
from preau.contracts.billing import RefundOrderedV1
from preau.contracts.payments import RefundDeniedV1
from preau.payments.payments import transitions
from preau.payments.payments.events import GivenBack
from preau.payments.payments.lifecycle import PAYMENT
from preau.payments.payments.repository import payment, payment_to_change
from preau.payments.payments.tables import Payment
from preau.payments.refunds import repository
from preau.payments.refunds.lifecycle import REFUND, RefundAct
from preau.payments.refunds.tables import Refund

LEASE = timedelta(minutes=5)
"""How long one attempt at the provider keeps others away."""
NOT_SETTLED = "Ce paiement n’est pas encaissé."
BEYOND = "Le prestataire n’a pas encaissé autant."
BY_PROVIDER = "Le prestataire de paiement refuse ce remboursement."


async def take_order(session: AsyncSession, event: RefundOrderedV1) -> None:
    """Record that a settled payment is to be given back, once; deny it when it cannot be."""
    if await repository.known(session, event.aggregate_id):
        return
    if await payment(session, event.payment_id) is None:
        await _deny(session, event, NOT_SETTLED)
        return
    found = await payment_to_change(session, event.payment_id)
    given = await repository.given_back(session, event.payment_id, done=False)
    if not PAYMENT.may(found.status, "refund"):
        await _deny(session, event, NOT_SETTLED)
    elif given + event.amount_cents > received(found):
        await _deny(session, event, BEYOND)
    else:
        await repository.add_refund(
            session,
            Refund(
                refund_id=event.aggregate_id,
                commune_id=event.commune_id,
                payment_id=event.payment_id,
                amount_cents=event.amount_cents,
                reason=event.reason,
                agent_id=event.agent_id,
                next_attempt_at=await database_now(session),
            ),
        )


async def _deny(session: AsyncSession, event: RefundOrderedV1, reason: str) -> None:
    await emit(
        session,
        RefundDeniedV1(
            commune_id=event.commune_id,
            aggregate_id=event.aggregate_id,
            payment_id=event.payment_id,
            reason=reason,
        ),
    )


async def record_outcome(session: AsyncSession, asked: Refund, act: RefundAct) -> None:
    """Record what the provider made of a refund, and tell it."""
    found = await payment_to_change(session, asked.payment_id)
    refund = await repository.refund(session, asked.refund_id)
    if not REFUND.may(refund.status, act):
        return  # another attempt was faster
    await repository.move_refund(session, refund, REFUND.move(refund.status, act))
    if act == "deny":
        await emit(
            session,
            RefundDeniedV1(
                commune_id=refund.commune_id,
                aggregate_id=refund.refund_id,
                payment_id=refund.payment_id,
                reason=BY_PROVIDER,
            ),
        )
        return
    given = await repository.given_back(session, refund.payment_id, done=True)
    given_back = GivenBack(refund.refund_id, refund.amount_cents, given >= received(found))
    await transitions.refund(session, found, given_back, await database_now(session))


def received(settled: Payment) -> int:
    """What came in by a payment, in cents."""
    return settled.received_cents or settled.amount_cents
