"""Payments as agents of the régie see them."""

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.audit import record_change
from preau.common.db.clock import database_now
from preau.common.db.keyset import PageRequest
from preau.common.errors import Conflict, NotFound
from preau.common.http.pages import Page
from preau.common.http.permissions import BillingAgent
from preau.common.http.unit_of_work import Transaction
from preau.payments.copies import repository as copies
from preau.payments.payments import listing_repository, repository
from preau.payments.payments.filters import PaymentFilters
from preau.payments.payments.lifecycle import PaymentStatus
from preau.payments.payments.listing_repository import PAYMENTS
from preau.payments.payments.schemas import AgentPaymentOut, ReviewDecisionIn
from preau.payments.payments.tables import Payment
from preau.payments.payments.transitions import accept, reject

router = APIRouter(tags=["payments of the commune"])


@router.get("/agent/payments")
async def list_payments(
    agent: BillingAgent,
    session: Transaction,
    filters: Annotated[PaymentFilters, Depends()],
    asked: Annotated[PageRequest, Depends(PAYMENTS.request)],
) -> Page[AgentPaymentOut]:
    """The commune's payments, newest first unless asked otherwise."""
    zone = ZoneInfo(await copies.time_zone(session, agent.commune_id))
    rows, following = await listing_repository.listed(session, asked, filters, zone)
    items = [AgentPaymentOut.of(row.payment, row.family_label) for row in rows]
    return Page(items=items, next_cursor=following)


@router.get("/agent/payments/{payment_id}")
async def read_payment(_agent: BillingAgent, session: Transaction, payment_id: UUID) -> AgentPaymentOut:
    """One payment."""
    return await _out(session, await _payment_of(session, payment_id))


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
    return await _out(session, payment)


async def _payment_of(session: AsyncSession, payment_id: UUID) -> Payment:
    payment = await repository.payment(session, payment_id)
    if payment is None:
        raise NotFound("Ce paiement n’existe pas.")
    return payment


async def _out(session: AsyncSession, payment: Payment) -> AgentPaymentOut:
    return AgentPaymentOut.of(payment, await listing_repository.family_label(session, payment.family_id))
