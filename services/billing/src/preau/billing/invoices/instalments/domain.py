"""The parts of a plan: what is left of each as money comes in, what cannot stand. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from preau.billing.invoices.lifecycle import PAYABLE, Status
from preau.common.money import Cents
from preau.wording.amounts import euros

PlanStatus = Literal["open", "closed", "given_up", "void", "cancelled"]
"""``closed``: its invoice is paid; ``given_up``: it is written off; ``void``: it is cancelled.

An invoice that is due again opens its plan again.
"""
_ENDED: Mapping[Status, PlanStatus] = {"written_off": "given_up", "cancelled": "void"}
LONGEST = timedelta(days=3 * 366)


class Instalment(NamedTuple):
    """What is to be paid by a day."""

    due_on: date
    cents: Cents


class Standing(NamedTuple):
    """A part as it stands: ``left_cents`` of it are still to be paid."""

    due_on: date
    cents: Cents
    left_cents: Cents


def status_of(invoice_status: Status, *, is_cancelled: bool) -> PlanStatus:
    """Where a plan stands: it goes with its invoice."""
    if is_cancelled:
        return "cancelled"
    if invoice_status in PAYABLE:
        return "open"
    return _ENDED.get(invoice_status, "closed")


def standings(parts: Sequence[Instalment], due_cents: Cents) -> list[Standing]:
    """What came in since the plan was made pays its parts in the order of their days."""
    came_in = max(0, sum(part.cents for part in parts) - due_cents)
    found: list[Standing] = []
    for part in parts:
        pays = min(came_in, part.cents)
        came_in -= pays
        found.append(Standing(part.due_on, part.cents, part.cents - pays))
    return found


def next_part(parts: Sequence[Instalment], due_cents: Cents) -> Cents:
    """What is left of the first part that is not paid; never more than what is due."""
    left = (part.left_cents for part in standings(parts, due_cents) if part.left_cents)
    return min(next(left, due_cents), due_cents)


class Upcoming(NamedTuple):
    """The first part that is not paid; ``late_cents`` of this and later ones are past their days."""

    due_on: date
    left_cents: Cents
    late_cents: Cents


def upcoming(parts: Sequence[Instalment], due_cents: Cents, today: date) -> Upcoming | None:
    """What the plan asks for next; none once all is paid."""
    left = [part for part in standings(parts, due_cents) if part.left_cents]
    if not left:
        return None
    late = sum(part.left_cents for part in left if part.due_on < today)
    return Upcoming(left[0].due_on, left[0].left_cents, late)


def faults(parts: Sequence[Instalment], due_cents: Cents, today: date) -> dict[str, str]:
    """What cannot stand in a plan, by field."""
    found: dict[str, str] = {}
    for place, part in enumerate(parts):
        if place and part.due_on <= parts[place - 1].due_on:
            found[f"parts.{place}.due_on"] = "Chaque échéance vient après la précédente."
        elif not today <= part.due_on <= today + LONGEST:
            found[f"parts.{place}.due_on"] = "Choisissez un jour à venir, dans les trois ans."
    total = sum(part.cents for part in parts)
    if not found and total != due_cents:
        found["parts"] = f"Les parts font {euros(total)} en tout : il reste {euros(due_cents)} à payer."
    return found
