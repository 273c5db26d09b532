"""Payments as agents of the régie see them."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.audit import record_change
from preau.common.db.clock import database_now
from preau.common.errors import Conflict, NotFound
from preau.common.http.pages import AfterId, Limit, Page, page_of
from preau.common.http.permissions import BillingAgent
from preau.common.http.unit_of_work import Transaction
from preau.payments.payments import repository
from preau.payments.payments.lifecycle import PaymentStatus
from preau.payments.payments.schemas import AgentPaymentOut, ReviewDecisionIn
from preau.payments.payments.tables import Payment
from preau.payments.payments.transitions import accept, reject

router = APIRouter(tags=["payments of the commune"])


@router.get("/agent/payments")
async def list_payments(
    _agent: BillingAgent,
    session: Transaction,
    before: AfterId,
    status: PaymentStatus | None = None,
    limit: Limit = 50,
) -> Page[AgentPaymentOut]:
    """The commune's payments, newest first."""
    rows = await repository.newest_payments(session, status=status, before=before, limit=limit + 1)
    shown, following = page_of(rows, limit, lambda row: [row.payment_id])
    return Page(items=[AgentPaymentOut.model_validate(row) for row in shown], next_cursor=following)


@router.get("/agent/payments/{payment_id}")
async def read_payment(_agent: BillingAgent, session: Transaction, payment_id: UUID) -> AgentPaymentOut:
    """One payment."""
    return AgentPaymentOut.model_validate(await _payment_of(session, payment_id))


class NotInReview(Conflict):
    type, title = "not-in-review", "Paiement déjà traité"


@router.post("/agent/payments/{payment_id}/decision")
async def decide(
    agent: BillingAgent, session: Transaction, payment_id: UUID, body: ReviewDecisionIn
) -> AgentPaymentOut:
    """Decide a payment whose provider took another amount than was asked.

    Accepted, what was taken is laid on its invoices; rejected, the agent gives it back at the provider.
    """
    await _payment_of(session, payment_id)
    payment = await repository.payment_to_change(session, payment_id)
    if payment.status is not PaymentStatus.REVIEW:
        raise NotInReview("Ce paiement n’attend pas de décision.")
    if body.decision == "accept":
        await accept(session, payment, await database_now(session))
    else:
        await reject(session, payment)
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="payment.decided",
        entity_id=payment_id,
        before={"status": PaymentStatus.REVIEW, "received_cents": payment.received_cents},
        after={"status": payment.status, "reason": body.reason},
    )
    return AgentPaymentOut.model_validate(payment)


async def _payment_of(session: AsyncSession, payment_id: UUID) -> Payment:
    payment = await repository.payment(session, payment_id)
    if payment is None:
        raise NotFound("Ce paiement n’existe pas.")
    return payment
