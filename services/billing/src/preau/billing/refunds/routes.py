"""Agents give payments back through the provider that took them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from preau.billing.refunds import service
from preau.billing.refunds.schemas import RefundIn, RefundOut, RefundPlanOut, plan_out
from preau.common.audit import record_change
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.permissions import BillingAgent
from preau.common.http.unit_of_work import Transaction

router = APIRouter(prefix="/agent/payments/{payment_id}/refunds", tags=["remboursements"])


@router.get("/plan")
async def plan_refund(
    agent: BillingAgent,
    session: Transaction,
    payment_id: UUID,
    amount_cents: Annotated[int | None, Query(gt=0, le=2_000_000_000)] = None,
) -> RefundPlanOut:
    """What would follow: nothing is given back yet."""
    _, planned = await service.plan(session, payment_id, amount_cents)
    return plan_out(planned)


@router.post("", status_code=201, response_model=RefundOut)
async def order_refund(
    agent: BillingAgent, session: Transaction, key: IdempotencyKey, payment_id: UUID, body: RefundIn
) -> Response:
    """Have a payment given back, whole or in part. 409 `not-refundable` for more than the ledger has."""

    async def produce() -> RefundOut:
        refund_id, planned = await service.order(
            session, payment_id, body.amount_cents, reason=body.reason, agent_id=agent.agent_id
        )
        made = RefundOut(**plan_out(planned).model_dump(), refund_id=refund_id, payment_id=payment_id)
        await record_change(
            session,
            commune_id=agent.commune_id,
            agent_id=agent.agent_id,
            action="payment.refund_ordered",
            entity_id=payment_id,
            after=made.model_dump(mode="json") | {"reason": body.reason},
        )
        return made

    return await key.once(session, agent.agent_id, body, produce)
