"""The events of a payment, made from the payment as it stands."""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from preau.common.money import Cents
from preau.contracts.payments import Allocation, PaymentFailedV1, PaymentRefundedV1, PaymentSettledV1
from preau.payments.payments.domain import spread
from preau.payments.payments.lifecycle import FailureReason
from preau.payments.payments.tables import Payment


def allocations_of(payment: Payment, amount_cents: Cents) -> tuple[Allocation, ...]:
    """An amount laid on the payment's invoices, in their order; one that gets nothing is left out."""
    parts = payment.allocations
    amounts = spread(amount_cents, [part.amount_cents for part in parts])
    return tuple(
        Allocation(invoice_id=part.invoice_id, invoice_number=part.invoice_number, amount_cents=amount)
        for part, amount in zip(parts, amounts, strict=True)
        if amount
    )


def payment_settled(payment: Payment, received_cents: Cents, settled_at: datetime) -> PaymentSettledV1:
    """The payment was just settled and has its receipt number."""
    return PaymentSettledV1(
        commune_id=payment.commune_id,
        aggregate_id=payment.payment_id,
        aggregate_version=payment.version,
        regie_id=payment.regie_id,
        family_id=payment.family_id,
        account_id=payment.account_id,
        amount_cents=received_cents,
        method=_method(payment),
        provider=payment.provider,
        provider_reference=payment.provider_ref or "",
        receipt_number=payment.receipt_number or "",
        settled_at=settled_at,
        allocations=allocations_of(payment, received_cents),
    )


def payment_failed(payment: Payment, reason: FailureReason) -> PaymentFailedV1:
    """The payment just came to nothing."""
    return PaymentFailedV1(
        commune_id=payment.commune_id,
        aggregate_id=payment.payment_id,
        aggregate_version=payment.version,
        regie_id=payment.regie_id,
        family_id=payment.family_id,
        amount_cents=payment.amount_cents,
        reason=reason,
        provider=payment.provider,
        allocations=allocations_of(payment, payment.amount_cents),
    )


class GivenBack(NamedTuple):
    """A refund that its provider carried out; with it, perhaps, all that came in has gone back."""

    refund_id: UUID
    cents: Cents
    is_all: bool


def payment_refunded(payment: Payment, given_back: GivenBack, refunded_at: datetime) -> PaymentRefundedV1:
    """The payment was just given back, in whole or part."""
    return PaymentRefundedV1(
        commune_id=payment.commune_id,
        aggregate_id=payment.payment_id,
        aggregate_version=payment.version,
        regie_id=payment.regie_id,
        family_id=payment.family_id,
        amount_cents=given_back.cents,
        method=_method(payment),
        provider=payment.provider,
        provider_reference=payment.provider_ref or "",
        refunded_at=refunded_at,
        refund_id=given_back.refund_id,
    )


def _method(payment: Payment) -> Literal["card", "direct_debit"]:
    return "direct_debit" if payment.method == "direct_debit" else "card"
