"""What a payment may become, and what a provider's answer makes of it. Pure."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Literal, NamedTuple
from uuid import UUID

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


_S = PaymentStatus

TRANSITIONS: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    _S.CREATED: frozenset({_S.REDIRECTED, _S.CANCELLED, _S.EXPIRED}),
    _S.REDIRECTED: frozenset(
        {_S.PENDING, _S.SETTLED, _S.REFUSED, _S.CANCELLED, _S.EXPIRED, _S.REVIEW},
    ),
    _S.PENDING: frozenset({_S.SETTLED, _S.REFUSED, _S.CANCELLED, _S.EXPIRED, _S.REVIEW}),
    # A provider may change its mind (PayFiP does on cancelled ones): money that comes late is not dropped.
    _S.REFUSED: frozenset({_S.SETTLED, _S.REVIEW}),
    _S.CANCELLED: frozenset({_S.SETTLED, _S.REVIEW}),
    _S.EXPIRED: frozenset({_S.SETTLED, _S.REVIEW}),
    _S.REVIEW: frozenset({_S.SETTLED, _S.CANCELLED}),
    _S.SETTLED: frozenset({_S.REFUNDED}),
    _S.REFUNDED: frozenset(),
}
"""The one table of a payment's life; nothing else says which status may follow which."""

LIVE = frozenset({_S.CREATED, _S.REDIRECTED, _S.PENDING, _S.REVIEW})
"""While a payment is live, no other may take its invoices."""

ASKABLE = frozenset({_S.REDIRECTED, _S.PENDING})
"""The provider knows the payment and has not said its last word."""

CLOSED = frozenset({_S.SETTLED, _S.REFUNDED, _S.REVIEW})
"""No word of the provider changes the payment any more."""

FailureReason = Literal["refused", "cancelled", "expired"]

FAILURES: dict[PaymentStatus, FailureReason] = {
    _S.REFUSED: "refused",
    _S.CANCELLED: "cancelled",
    _S.EXPIRED: "expired",
}
"""The ways in which a payment comes to nothing."""


class IllegalTransition(Exception):
    """A payment was to become what it cannot become: a bug of ours, never a user's doing."""

    def __init__(self, current: PaymentStatus, target: PaymentStatus) -> None:
        super().__init__(f"a payment that is {current} cannot become {target}")


def moved(current: PaymentStatus, target: PaymentStatus) -> PaymentStatus:
    """``target``, if the table allows it; raises ``IllegalTransition`` otherwise."""
    if target not in TRANSITIONS[current]:
        raise IllegalTransition(current, target)
    return target


def following(current: PaymentStatus, asked_cents: Cents, answer: Answer) -> PaymentStatus | None:
    """The status that the provider's answer leads to, or None when it changes nothing.

    An amount taken that is not the amount asked leads to ``review``: neither settled nor dropped.
    """
    match answer.state:
        case "open":
            return None
        case "paid":
            target = _S.SETTLED if answer.amount_cents == asked_cents else _S.REVIEW
        case other:
            target = _S(other)
    return target if target in TRANSITIONS[current] and current not in CLOSED else None


class Part(NamedTuple):
    """An invoice of a selection and what is due on it."""

    invoice_id: UUID
    invoice_number: str
    regie_id: UUID
    regie_label: str
    amount_cents: Cents


def shared_out(parts: Iterable[Part], single: frozenset[UUID]) -> list[list[Part]]:
    """A selection cut into payments: one a régie, in the order given.

    A régie in ``single`` has a provider that takes one invoice a transaction: a payment each.
    """
    payments: dict[tuple[UUID, UUID | None], list[Part]] = {}
    for part in parts:
        key = (part.regie_id, part.invoice_id if part.regie_id in single else None)
        payments.setdefault(key, []).append(part)
    return list(payments.values())


def spread(received_cents: Cents, due: Sequence[Cents]) -> list[Cents]:
    """What was received, laid on what is due in its order; what is left over goes on the last.

    So a short amount pays the first invoices, and a surplus becomes credit where billing sees it.
    """
    parts: list[Cents] = []
    left = received_cents
    for amount in due[:-1]:
        parts.append(min(amount, left))
        left -= parts[-1]
    return [*parts, left]
