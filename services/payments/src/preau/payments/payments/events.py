"""The events that tell of a payment as it stands."""

from datetime import datetime

from preau.contracts.payments import Allocation, PaymentFailedV1, PaymentSettledV1
from preau.payments.payments.domain import FailureReason
from preau.payments.payments.tables import Payment


def _allocations(payment: Payment) -> tuple[Allocation, ...]:
    return tuple(
        Allocation(
            invoice_id=part.invoice_id,
            invoice_number=part.invoice_number,
            amount_cents=part.amount_cents,
        )
        for part in payment.allocations
    )


def payment_settled(payment: Payment, settled_at: datetime) -> PaymentSettledV1:
    """The payment was just settled and has its receipt number."""
    return PaymentSettledV1(
        commune_id=payment.commune_id,
        aggregate_id=payment.payment_id,
        aggregate_version=payment.version,
        regie_id=payment.regie_id,
        family_id=payment.family_id,
        account_id=payment.account_id,
        amount_cents=payment.amount_cents,
        method="direct_debit" if payment.method == "direct_debit" else "card",
        provider=payment.provider,
        provider_reference=payment.provider_ref or "",
        receipt_number=payment.receipt_number or "",
        settled_at=settled_at,
        allocations=_allocations(payment),
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
        allocations=_allocations(payment),
    )
