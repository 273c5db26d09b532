"""Payments as agents of the régie see them."""

from uuid import UUID

from fastapi import APIRouter

from preau.common.audit import record_change
from preau.common.db.clock import database_now
from preau.common.errors import Conflict, NotFound
from preau.common.http.access import AgentAccess
from preau.common.http.pages import AfterId, Limit, Page, page_of
from preau.payments.dependencies import Accountant
from preau.payments.payments import repository
from preau.payments.payments.domain import PaymentStatus
from preau.payments.payments.schemas import AgentPaymentOut, ReviewDecisionIn
from preau.payments.payments.settlement import accept, reject
from preau.payments.payments.tables import Payment

router = APIRouter(tags=["payments of the commune"])


@router.get("/agent/payments")
async def list_payments(
    agent: Accountant, before: AfterId, status: PaymentStatus | None = None, limit: Limit = 50
) -> Page[AgentPaymentOut]:
    """The commune's payments, newest first."""
    rows = await repository.newest_payments(agent.session, status=status, before=before, limit=limit + 1)
    shown, following = page_of(rows, limit, lambda row: [row.payment_id])
    return Page(items=[AgentPaymentOut.model_validate(row) for row in shown], next_cursor=following)


@router.get("/agent/payments/{payment_id}")
async def read_payment(agent: Accountant, payment_id: UUID) -> AgentPaymentOut:
    """One payment."""
    return AgentPaymentOut.model_validate(await _payment_of(agent, payment_id))


class NotInReview(Conflict):
    type, title = "not-in-review", "Paiement déjà traité"


@router.post("/agent/payments/{payment_id}/decision")
async def decide(agent: Accountant, payment_id: UUID, body: ReviewDecisionIn) -> AgentPaymentOut:
    """Decide a payment whose provider took another amount than was asked.

    Accepted, what was taken is laid on its invoices; rejected, the agent gives it back at the provider.
    """
    await _payment_of(agent, payment_id)
    payment = await repository.payment_to_change(agent.session, payment_id)
    if payment.status is not PaymentStatus.REVIEW:
        raise NotInReview("Ce paiement n’attend pas de décision.")
    if body.decision == "accept":
        await accept(agent.session, payment, await database_now(agent.session))
    else:
        await reject(agent.session, payment)
    await record_change(
        agent.session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="payment.decided",
        entity_id=payment_id,
        before={"status": PaymentStatus.REVIEW, "received_cents": payment.received_cents},
        after={"status": payment.status, "reason": body.reason},
    )
    return AgentPaymentOut.model_validate(payment)


async def _payment_of(agent: AgentAccess, payment_id: UUID) -> Payment:
    payment = await repository.payment(agent.session, payment_id)
    if payment is None:
        raise NotFound("Ce paiement n’existe pas.")
    return payment
