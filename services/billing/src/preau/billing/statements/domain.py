"""A statement of account: what moved, and what the balance was after each. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from preau.billing.ledger.domain import EntryKind
from preau.common.errors import FieldErrors
from preau.common.money import Cents

MOST_DAYS = 3 * 366
"""How long a period may be."""
USUAL = timedelta(days=365)
"""How far back a statement goes when nothing is said."""


class Period(NamedTuple):
    """A range of days, both included."""

    first: date
    last: date


def period_of(first: date | None, last: date | None, today: date) -> Period:
    """The period asked for; up to today, and a year, if nothing is said.

    Raises `FieldErrors` for one that ends before it begins, or is longer than three years.
    """
    end = last or max(today, first or today)
    begin = first or end - USUAL
    if end < begin:
        raise FieldErrors({"last": "La fin de la période précède son début."})
    if (end - begin).days > MOST_DAYS:
        raise FieldErrors({"first": "Une période dure au plus trois ans."})
    return Period(begin, end)


class Moved(NamedTuple):
    """What an entry changed of what the family owes: below zero in its favour."""

    cause_id: UUID
    kind: EntryKind
    day: date
    memo: str
    numbers: Sequence[str]
    invoice_id: UUID | None
    cents: Cents


@dataclass(frozen=True, slots=True)
class Movement:
    """What moved, and the balance after it."""

    moved: Moved
    balance_cents: Cents


@dataclass(frozen=True, slots=True)
class Statement:
    """A family's account at a régie over a period. A balance above zero is owed by the family."""

    period: Period
    opening_cents: Cents
    movements: Sequence[Movement]

    @property
    def closing_cents(self) -> Cents:
        return self.movements[-1].balance_cents if self.movements else self.opening_cents


def statement(period: Period, opening_cents: Cents, moved: Sequence[Moved]) -> Statement:
    """The statement of what moved, in its order."""
    movements: list[Movement] = []
    balance = opening_cents
    for each in moved:
        balance += each.cents
        movements.append(Movement(each, balance))
    return Statement(period, opening_cents, movements)
