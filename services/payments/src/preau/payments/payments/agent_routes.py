"""Payments as agents of the régie see them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from preau.common.errors import NotFound
from preau.common.http.access import AgentAccess, AgentMay
from preau.common.http.pages import CursorParameter, Limit, Page, decode_cursor, page_of
from preau.payments.payments import repository
from preau.payments.payments.domain import PaymentStatus
from preau.payments.payments.schemas import AgentPaymentOut

router = APIRouter(tags=["payments of the commune"])

Accountant = Annotated[AgentAccess, AgentMay("billing")]


@router.get("/agent/payments")
async def list_payments(
    agent: Accountant,
    status: PaymentStatus | None = None,
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> Page[AgentPaymentOut]:
    """The commune's payments, newest first."""
    keys = decode_cursor(cursor, 1)
    rows = await repository.newest_payments(
        agent.session, status=status, before=UUID(keys[0]) if keys else None, limit=limit + 1
    )
    shown, following = page_of(rows, limit, lambda row: [row.payment_id])
    return Page(items=[AgentPaymentOut.model_validate(row) for row in shown], next_cursor=following)


@router.get("/agent/payments/{payment_id}")
async def read_payment(agent: Accountant, payment_id: UUID) -> AgentPaymentOut:
    """One payment."""
    payment = await repository.payment(agent.session, payment_id)
    if payment is None:
        raise NotFound("Ce paiement n’existe pas.")
    return AgentPaymentOut.model_validate(payment)
