"""What payments answers. Written by `make docs` from gateway/openapi/payments.json."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class AgreementOut(BaseModel):
    """
    The provider of a régie; empty when none collects for it online.
    """

    regie_id: str
    provider: str
    options: dict[str, str]


class AllocationOut(BaseModel):
    """
    The part of a payment that goes to one invoice.
    """

    invoice_id: str
    invoice_number: str
    amount_cents: int


class ReceiptOut(BaseModel):
    """
    The proof of a payment: who paid what to which régie, when and how.
    """

    receipt_number: str
    payment_id: str
    commune_name: str
    regie_id: str
    regie_label: str
    family_label: str
    payer_name: str
    amount_cents: int
    method: Literal['card', 'direct_debit']
    provider: str
    provider_reference: str
    settled_at: datetime
    issued_at: datetime
    allocations: list[AllocationOut]


class AgentPaymentOut(BaseModel):
    """
    A payment as the régie sees it; ``received_cents`` is what its provider says it took.

    ``family_label`` is "" while the family's record has not arrived.
    """

    payment_id: str
    regie_id: str
    regie_label: str
    family_id: str
    family_label: str
    provider: str
    provider_ref: str | None
    amount_cents: int
    received_cents: int | None
    status: Literal['created', 'redirected', 'pending', 'settled', 'refused', 'cancelled', 'expired', 'review', 'refunded'] = (
        Field(..., description='Where a payment stands.')
    )
    method: Literal['card', 'direct_debit'] | None
    created_at: datetime
    settled_at: datetime | None
    next_check_at: datetime | None
    receipt_number: str | None
    allocations: list[AllocationOut]


class PageAgentPaymentOut(BaseModel):
    items: list[AgentPaymentOut]
    next_cursor: str | None = None


class PaymentOut(BaseModel):
    """
    A payment as its family sees it; ``redirect_url`` is there while the parent can pay at it.
    """

    payment_id: str
    regie_id: str
    regie_label: str
    amount_cents: int
    status: Literal['created', 'redirected', 'pending', 'settled', 'refused', 'cancelled', 'expired', 'review', 'refunded'] = (
        Field(..., description='Where a payment stands.')
    )
    redirect_url: str | None
    method: Literal['card', 'direct_debit'] | None
    created_at: datetime
    settled_at: datetime | None
    receipt_number: str | None
    allocations: list[AllocationOut]


class PaymentsOut(BaseModel):
    """
    The payments that a selection leads through, one after the other.
    """

    payments: list[PaymentOut]


class PagePaymentOut(BaseModel):
    items: list[PaymentOut]
    next_cursor: str | None = None
