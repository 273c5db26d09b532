"""How a selection of invoices becomes payments, and when their providers are asked. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from preau.common.money import Cents


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


def next_check(schedule: Sequence[timedelta], created_at: datetime, now: datetime) -> datetime | None:
    """When to ask the provider again: the schedule's first instant still to come, None when all are past.

    ``schedule`` holds ages of the payment, ascending.
    """
    return next((created_at + age for age in schedule if created_at + age > now), None)
