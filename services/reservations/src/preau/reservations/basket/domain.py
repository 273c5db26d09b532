"""What adding to a basket comes to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from preau.reservations.bookings.domain import Action, BookingKey, Wish
from preau.reservations.bookings.refusals import RefusedLine
from preau.reservations.rules.context import BookingContext

AskedAction = Literal["book", "cancel", "toggle", "remove"]
MOST_LINES = 500

QUIET_IN_A_PERIOD = frozenset(
    {
        "already-booked",
        "not-booked",
        "out-of-season",
        "public-holiday",
        "school-holidays",
        "school-time",
        "weekday",
    }
)
"""Refusals that go without saying when a whole period was asked for."""


class Basket(NamedTuple):
    """A basket without its lines; ``restorable`` lines were in it when it was emptied."""

    basket_id: UUID
    restorable: int


class Line(NamedTuple):
    """A line of a basket."""

    line_id: UUID
    wish: Wish


@dataclass(frozen=True, slots=True)
class Asked:
    """A day that a parent clicked; ``toggle`` is whatever the day offers, ``remove`` takes its line out."""

    child_id: UUID
    activity_id: UUID
    day: date
    action: AskedAction

    @property
    def key(self) -> BookingKey:
        return self.child_id, self.activity_id, self.day


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with the basket: lines to put, lines to take out, lines that a rule refuses."""

    put: Sequence[Wish]
    remove: Sequence[UUID]
    refused: Sequence[RefusedLine]


def plan(asked: Iterable[Asked], lines: Sequence[Line], context: BookingContext) -> Plan:
    """Judge each asked line with what the basket holds already."""
    held: Mapping[BookingKey, Line] = {line.wish.key: line for line in lines}
    claimed = Counter((line.wish.activity_id, line.wish.day) for line in lines if line.wish.action == "book")
    put: dict[BookingKey, Wish] = {}
    remove: list[UUID] = []
    refused: list[RefusedLine] = []
    for one in asked:
        line = held.get(one.key)
        if one.action == "remove":
            if line is not None:
                remove.append(line.line_id)
            continue
        if line is not None and one.action in ("toggle", line.wish.action):
            if one.action == "toggle":
                remove.append(line.line_id)
            continue
        wish = Wish(one.child_id, one.activity_id, one.day, _action(one, context))
        place = wish.activity_id, wish.day
        refusal = context.refusal(wish, claimed=claimed[place])
        if refusal is not None:
            refused.append(RefusedLine(wish, refusal))
        elif wish.key not in put:
            put[wish.key] = wish
            claimed[place] += wish.action == "book"
    return Plan(list(put.values()), remove, refused)


def _action(asked: Asked, context: BookingContext) -> Action:
    if asked.action in ("book", "cancel"):
        return asked.action
    return "cancel" if context.active_booking(asked.child_id, asked.activity_id, asked.day) else "book"


def days_of_period(first: date, last: date, weekdays: frozenset[int]) -> list[date]:
    """The days from ``first`` to ``last``, both included, that fall on the weekdays (0 is Monday)."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() in weekdays]


def summary(wishes: Iterable[Wish], labels: Mapping[UUID, str]) -> str:
    """What a child's lines come to, such as "6 REPAS · 1 ANNULATION"."""
    wishes = list(wishes)
    booked = Counter(labels[wish.activity_id] for wish in wishes if wish.action == "book")
    parts = [f"{n} {label.upper()}" for label, n in booked.items()]
    cancelled = sum(wish.action == "cancel" for wish in wishes)
    if cancelled:
        parts.append(f"{cancelled} ANNULATION{'S' if cancelled > 1 else ''}")
    return " · ".join(parts)
