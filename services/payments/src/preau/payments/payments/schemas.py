"""What the payment routes take and give."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.payments.payments.lifecycle import PaymentStatus
from preau.payments.payments.tables import Payment
from preau.payments.providers.protocols import Method

ReturnPath = Annotated[str, StringConstraints(max_length=200, pattern=r"^(/[A-Za-z0-9_-]+)+$")]
"""A path of our own site: neither another host nor a query, so that a return cannot lead elsewhere."""


class SelectionIn(RequestModel):
    """The invoices that a parent wants to pay; of those in ``next_part_of`` the plan's next part alone."""

    invoice_ids: list[UUID] = Field(min_length=1, max_length=100)
    next_part_of: list[UUID] = Field(default_factory=list[UUID], max_length=100)
    return_path: ReturnPath = "/paiements/retour"


class ReviewDecisionIn(RequestModel):
    """What an agent makes of a payment in review, and why."""

    decision: Literal["accept", "reject"]
    reason: str = Field(min_length=1, max_length=500)


class OpenedOut(ResponseModel):
    """What an idempotency key remembers: the payments; what became of them is read afresh."""

    payment_ids: list[UUID]


class AllocationOut(ResponseModel):
    """The part of a payment that goes to one invoice."""

    invoice_id: UUID
    invoice_number: str
    amount_cents: int


class PaymentOut(ResponseModel):
    """A payment as its family sees it; ``redirect_url`` is there while the parent can pay at it."""

    payment_id: UUID
    regie_id: UUID
    regie_label: str
    amount_cents: int
    status: PaymentStatus
    redirect_url: str | None
    method: Method | None
    created_at: datetime
    settled_at: datetime | None
    receipt_number: str | None
    allocations: list[AllocationOut]

    @classmethod
    def of(cls, payment: Payment) -> "PaymentOut":
        shown = cls.model_validate(payment)
        if payment.status is not PaymentStatus.REDIRECTED:
            shown.redirect_url = None
        return shown


class AgentPaymentOut(ResponseModel):
    """A payment as the régie sees it; ``received_cents`` is what its provider says it took.

    ``family_label`` is "" while the family's record has not arrived.
    """

    payment_id: UUID
    regie_id: UUID
    regie_label: str
    family_id: UUID
    family_label: str
    provider: str
    provider_ref: str | None
    amount_cents: int
    received_cents: int | None
    status: PaymentStatus
    method: Method | None
    created_at: datetime
    settled_at: datetime | None
    next_check_at: datetime | None
    receipt_number: str | None
    allocations: list[AllocationOut]

    @classmethod
    def of(cls, payment: Payment, family_label: str) -> "AgentPaymentOut":
        stated = {name: getattr(payment, name) for name in cls.model_fields if name != "family_label"}
        return cls.model_validate(stated | {"family_label": family_label})


class PaymentsOut(ResponseModel):
    """The payments that a selection leads through, one after the other."""

    payments: list[PaymentOut]
