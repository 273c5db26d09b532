"""What a payment does to an invoice. Pure."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from preau.billing.invoices.domain import Action, due_cents
from preau.common.money import Cents


class Taken(NamedTuple):
    """How an amount divides: what pays the invoice, and what becomes credit of the family."""

    applied_cents: Cents
    credited_cents: Cents
    action: Action | None
    """The move of the invoice; ``None`` if it takes nothing."""


def take(status: str, total_cents: Cents, paid_cents: Cents, amount_cents: Cents) -> Taken:
    """Pay what is due, credit the rest: a cancelled or paid invoice takes nothing, and nothing is dropped."""
    due = due_cents(status, total_cents, paid_cents)
    applied = min(due, amount_cents)
    if applied == 0:
        return Taken(0, amount_cents, None)
    return Taken(applied, amount_cents - applied, "pay_all" if applied == due else "pay_part")


def still_owed(credits: Sequence[tuple[UUID, Cents]], refunded_cents: Cents) -> dict[UUID, Cents]:
    """What is left of each credit once refunds have covered what they can, in the order given."""
    owed: dict[UUID, Cents] = {}
    for credit_id, cents in credits:
        covered = min(cents, refunded_cents)
        owed[credit_id] = cents - covered
        refunded_cents -= covered
    return owed
