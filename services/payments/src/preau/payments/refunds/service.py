"""Recording that a payment is to be given back, and what its provider made of it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.errors import Conflict
from preau.common.ids import new_id
from preau.payments.payments import transitions
from preau.payments.payments.lifecycle import PAYMENT
from preau.payments.payments.repository import payment_to_change
from preau.payments.refunds import repository
from preau.payments.refunds.lifecycle import REFUND, RefundAct
from preau.payments.refunds.tables import Refund

LEASE = timedelta(minutes=5)
"""How long one attempt at the provider keeps others away."""


class NotRefundable(Conflict):
    type, title = "not-refundable", "Remboursement impossible"


async def request_refund(session: AsyncSession, payment_id: UUID, agent_id: UUID, reason: str) -> Refund:
    """Record that a settled payment is to be given back; asked twice, it is the same refund.

    Raises ``NotRefundable``.
    """
    payment = await payment_to_change(session, payment_id)
    if under_way := await repository.refund_under_way(session, payment_id):
        return under_way
    if not PAYMENT.may(payment.status, "refund"):
        raise NotRefundable("Seul un paiement encaissé peut être remboursé.")
    refund = Refund(
        refund_id=new_id(),
        commune_id=payment.commune_id,
        payment_id=payment_id,
        amount_cents=payment.received_cents or payment.amount_cents,
        reason=reason,
        agent_id=agent_id,
        next_attempt_at=await database_now(session) + LEASE,
    )
    await repository.add_refund(session, refund)
    return refund


async def record_outcome(session: AsyncSession, asked: Refund, act: RefundAct) -> None:
    """Record what the provider made of a refund, and move the payment with it."""
    payment = await payment_to_change(session, asked.payment_id)
    refund = await repository.refund(session, asked.refund_id)
    if not REFUND.may(refund.status, act):
        return  # another attempt was faster
    refund.status = REFUND.move(refund.status, act)
    if act == "complete":
        await transitions.refund(session, payment, refund.amount_cents, await database_now(session))
