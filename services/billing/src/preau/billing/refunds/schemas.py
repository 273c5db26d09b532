"""Refunds over HTTP. Money in cents."""

from uuid import UUID

from pydantic import Field

from preau.billing.refunds.domain import Plan
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Line


class RefundIn(RequestModel):
    """How much of a payment goes back, all that can if nothing is said, and why: the family reads it."""

    amount_cents: int | None = Field(default=None, gt=0, le=2_000_000_000)
    reason: Line = Field(min_length=3, max_length=300)


class DueAgainOut(ResponseModel):
    """An invoice that is due again by ``cents``."""

    invoice_id: UUID
    number: str
    cents: int


class RefundPlanOut(ResponseModel):
    """What follows a refund of ``amount_cents``: ``from_credit_cents`` of it is what the family is owed."""

    refundable_cents: int
    amount_cents: int
    from_credit_cents: int
    due_again: list[DueAgainOut]


class RefundOut(RefundPlanOut):
    """A refund that was ordered; its provider is told."""

    refund_id: UUID
    payment_id: UUID


def plan_out(plan: Plan) -> RefundPlanOut:
    return RefundPlanOut(
        refundable_cents=plan.refundable_cents,
        amount_cents=plan.amount_cents,
        from_credit_cents=plan.from_credit_cents,
        due_again=[DueAgainOut.model_validate(each._asdict()) for each in plan.due_again],
    )
