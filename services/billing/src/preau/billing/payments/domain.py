"""What a payment does to an invoice. Pure."""

from typing import NamedTuple

from preau.billing.invoices.domain import due_cents
from preau.billing.invoices.lifecycle import PaymentAct, Status
from preau.common.money import Cents


class Split(NamedTuple):
    """How an amount divides: what pays the invoice, and what becomes credit of the family."""

    applied_cents: Cents
    credited_cents: Cents
    act: PaymentAct | None
    """The move of the invoice; ``None`` if nothing is applied to it."""


def split(status: Status, total_cents: Cents, paid_cents: Cents, amount_cents: Cents) -> Split:
    """Pay what is due, credit the rest: a cancelled or paid invoice takes nothing, and nothing is dropped."""
    due = due_cents(status, total_cents, paid_cents)
    applied = min(due, amount_cents)
    if applied == 0:
        return Split(0, amount_cents, None)
    return Split(applied, amount_cents - applied, "pay_all" if applied == due else "pay_part")
