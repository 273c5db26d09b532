"""The life of a payment, and what a provider's answer makes of it. Pure."""

from enum import StrEnum
from typing import Literal

from preau.common.lifecycle import Lifecycle
from preau.common.money import Cents
from preau.payments.providers.protocols import Answer


class PaymentStatus(StrEnum):
    """Where a payment stands."""

    CREATED = "created"
    """Recorded here; the provider may not know it yet, and the parent has no address to pay at."""
    REDIRECTED = "redirected"
    """The parent was sent to the provider's page."""
    PENDING = "pending"
    """The provider has the order but not its result (a direct debit, a bank that thinks)."""
    SETTLED = "settled"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REVIEW = "review"
    """The provider took another amount than was asked: an agent decides."""
    REFUNDED = "refunded"


ProviderAct = Literal["wait", "settle", "refuse", "cancel", "expire", "review"]
"""What a provider's answer does to a payment."""

PaymentAct = ProviderAct | Literal["redirect", "accept", "reject", "refund", "refund_part"]
"""What is done to a payment; ``accept`` and ``reject`` are an agent's, of a payment in review."""

FailingAct = Literal["refuse", "cancel", "expire", "reject"]
"""The acts by which a payment comes to nothing."""

_S = PaymentStatus

PAYMENT: Lifecycle[PaymentStatus, PaymentAct] = Lifecycle(
    "payment",
    {
        _S.CREATED: {"redirect": _S.REDIRECTED, "cancel": _S.CANCELLED, "expire": _S.EXPIRED},
        _S.REDIRECTED: {
            "wait": _S.PENDING,
            "settle": _S.SETTLED,
            "refuse": _S.REFUSED,
            "cancel": _S.CANCELLED,
            "expire": _S.EXPIRED,
            "review": _S.REVIEW,
        },
        _S.PENDING: {
            "settle": _S.SETTLED,
            "refuse": _S.REFUSED,
            "cancel": _S.CANCELLED,
            "expire": _S.EXPIRED,
            "review": _S.REVIEW,
        },
        # A provider may change its mind (PayFiP does on cancelled ones): late money is not dropped.
        _S.REFUSED: {"settle": _S.SETTLED, "review": _S.REVIEW},
        _S.CANCELLED: {"settle": _S.SETTLED, "review": _S.REVIEW},
        _S.EXPIRED: {"settle": _S.SETTLED, "review": _S.REVIEW},
        _S.REVIEW: {"accept": _S.SETTLED, "reject": _S.CANCELLED},
        _S.SETTLED: {"refund": _S.REFUNDED, "refund_part": _S.SETTLED},
        _S.REFUNDED: {},
    },
)

LIVE = PAYMENT.before("cancel") | PAYMENT.before("reject")
"""While a payment may yet come to nothing, no other may take its invoices."""

ASKABLE = PAYMENT.before("refuse")
"""The provider knows the payment and has given no final answer."""

FailureReason = Literal["refused", "cancelled", "expired"]

FAILURES: dict[PaymentStatus, FailureReason] = {
    _S.REFUSED: "refused",
    _S.CANCELLED: "cancelled",
    _S.EXPIRED: "expired",
}
"""The ways in which a payment comes to nothing, as the event names them."""

_ANSWERED: dict[str, ProviderAct] = {
    "pending": "wait",
    "refused": "refuse",
    "cancelled": "cancel",
    "expired": "expire",
}


def following(current: PaymentStatus, asked_cents: Cents, answer: Answer) -> ProviderAct | None:
    """The act that the provider's answer leads to, or None when it changes nothing.

    An amount taken that is not the amount asked leads to ``review``: neither settled nor dropped.
    """
    match answer.state:
        case "open":
            return None
        case "paid":
            act = "settle" if answer.amount_cents == asked_cents else "review"
        case other:
            act = _ANSWERED[other]
    return act if PAYMENT.may(current, act) else None
