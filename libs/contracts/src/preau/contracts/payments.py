"""What the payments service tells: payments."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from preau.contracts.event import Cents, Event, Part

Method = Literal["card", "direct_debit", "cash", "cheque", "transfer"]


class Allocation(Part):
    """The part of a payment that goes to one invoice."""

    invoice_id: UUID
    invoice_number: str
    amount_cents: Cents


class PaymentSettledV1(Event):
    """A provider confirmed a payment. ``aggregate_id`` is the payment's id."""

    event_type: ClassVar[str] = "payments.payment.settled"

    regie_id: UUID
    family_id: UUID
    account_id: UUID | None = None
    amount_cents: Cents
    method: Method = "card"
    provider: str
    provider_reference: str
    receipt_number: str
    settled_at: datetime
    allocations: tuple[Allocation, ...]


class PaymentFailedV1(Event):
    """A payment came to nothing. ``aggregate_id`` is the payment's id."""

    event_type: ClassVar[str] = "payments.payment.failed"

    regie_id: UUID
    family_id: UUID
    amount_cents: Cents
    reason: Literal["refused", "cancelled", "expired"]
    provider: str
    allocations: tuple[Allocation, ...]


class PaymentRefundedV1(Event):
    """A settled payment was given back, in whole or part. ``aggregate_id`` is the payment's id.

    ``refund_id`` is the refund that billing ordered.
    """

    event_type: ClassVar[str] = "payments.payment.refunded"

    regie_id: UUID
    family_id: UUID
    amount_cents: Cents
    method: Method = "card"
    provider: str
    provider_reference: str
    refunded_at: datetime
    refund_id: UUID | None = None
    allocations: tuple[Allocation, ...] = ()


class RefundDeniedV1(Event):
    """A payment cannot be given back as billing ordered. ``aggregate_id`` is the refund's id."""

    event_type: ClassVar[str] = "payments.refund.denied"

    payment_id: UUID
    reason: str
