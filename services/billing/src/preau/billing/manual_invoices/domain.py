"""Lines that an agent writes by hand. Pure.

Such a line counts no booking: an id of its own stands where a charge's booking would, so that it is given
back as others are, and never taken for what a charge was billed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from preau.billing.invoices.domain import BilledCharge, DraftLine
from preau.common.ids import new_id
from preau.common.money import Cents

MOST_CENTS = 10_000_000
"""Of a line, above or below zero: 100 000 €."""
BACK, AHEAD = timedelta(days=3 * 366), timedelta(days=366)
"""How far from today the day of a line may be."""
WHOLE_FAMILY = "Famille"
"""Whom a line concerns that names no child."""


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """What an agent wrote, with names as they are printed: ``unit_cents`` is below zero for a credit."""

    child_id: UUID | None
    child_name: str
    activity_id: UUID | None
    activity_label: str
    label: str
    day: date
    quantity: int
    unit_cents: Cents


def faults(line: WrittenLine, today: date) -> dict[str, str]:
    """What cannot stand in a line, by field."""
    found: dict[str, str] = {}
    if not line.label and line.activity_id is None:
        found["label"] = "Choisissez une prestation ou écrivez un libellé."
    if line.unit_cents == 0:
        found["unit_cents"] = "Un prix ne peut pas être nul."
    elif abs(line.quantity * line.unit_cents) > MOST_CENTS:
        found["unit_cents"] = "Une ligne compte au plus 100 000 €."
    if not today - BACK <= line.day <= today + AHEAD:
        found["day"] = "Ce jour est trop loin : trois ans en arrière au plus, un an en avant."
    return found


def written_lines(lines: Sequence[WrittenLine], reason: str) -> tuple[DraftLine, ...]:
    """The lines of an invoice, in the order in which they were written; each gives the reason."""
    return tuple(DraftLine(new_id(), (_charge(line, reason),)) for line in lines)


def _charge(line: WrittenLine, reason: str) -> BilledCharge:
    return BilledCharge(
        booking_id=new_id(),
        child_id=line.child_id,
        child_name=line.child_name or WHOLE_FAMILY,
        activity_id=line.activity_id,
        activity_label=line.activity_label,
        service_date=line.day,
        quantity=line.quantity,
        unit_cents=line.unit_cents,
        explanation=reason,
        kind="manual",
        label=line.label or line.activity_label,
    )
