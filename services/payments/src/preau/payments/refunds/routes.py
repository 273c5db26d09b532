"""Refunds as agents of the régie ask for them."""

import contextlib
import json
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from preau.common.audit import record_change
from preau.common.errors import NotFound
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.permissions import BillingAgent
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.unit_of_work import Work
from preau.payments.payments.dependencies import Calls
from preau.payments.payments.repository import payment as read_payment
from preau.payments.providers.protocols import ProviderUnavailable
from preau.payments.refunds import repository
from preau.payments.refunds.execution import carry_out
from preau.payments.refunds.lifecycle import RefundStatus
from preau.payments.refunds.service import NotRefundable, request_refund

router = APIRouter(tags=["refunds"])


class RefundIn(RequestModel):
    """Why a payment is given back."""

    reason: str = Field(min_length=1, max_length=500)


class RefundOut(ResponseModel):
    """A refund; ``requested`` while the provider could not be reached: it is tried again."""

    refund_id: UUID
    payment_id: UUID
    amount_cents: int
    reason: str
    status: RefundStatus
    requested_at: datetime


@router.post("/agent/payments/{payment_id}/refund", status_code=201)
async def give_back(
    agent: BillingAgent, work: Work, calls: Calls, key: IdempotencyKey, payment_id: UUID, body: RefundIn
) -> RefundOut:
    """Give a settled payment back, whole, through the provider that took it. 409 when it cannot."""
    async with work.begin() as session:

        async def produce() -> dict[str, UUID]:
            if await read_payment(session, payment_id) is None:
                raise NotFound("Ce paiement n’existe pas.")
            refund = await request_refund(session, payment_id, agent.agent_id, body.reason)
            await record_change(
                session,
                commune_id=agent.commune_id,
                agent_id=agent.agent_id,
                action="payment.refund-requested",
                entity_id=payment_id,
                after={
                    "refund_id": refund.refund_id,
                    "amount_cents": refund.amount_cents,
                    "reason": body.reason,
                },
            )
            return {"refund_id": refund.refund_id}

        remembered = await key.once(session, agent.agent_id, body, produce)
    refund_id = UUID(json.loads(bytes(remembered.body))["refund_id"])
    with contextlib.suppress(ProviderUnavailable):  # it stays requested, and is tried again
        await carry_out(work, calls, refund_id)
    async with work.begin() as session:
        shown = RefundOut.model_validate(await repository.refund(session, refund_id))
    if shown.status is RefundStatus.DENIED:
        raise NotRefundable("Le prestataire refuse ce remboursement : voyez avec lui.")
    return shown
