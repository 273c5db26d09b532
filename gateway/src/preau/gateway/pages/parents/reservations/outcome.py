"""What an order did: by kind, then by child and week, each with its price."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from preau.gateway.pages.formats import week_title
from preau.gateway.pages.parents.reservations.names import NamedBooking
from preau.gateway.pages.parents.reservations.prices import Priced
from preau.gateway.pages.parents.reservations.weeks import monday_of
from preau.wording.happenings import ORDERED

RETURNED = frozenset({"cancelled", "cancel_requested"})


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """The days of one child in one week for one activity."""

    child_name: str
    week: str
    activity_label: str
    days: list[date]
    prices: list[int | None]

    @property
    def amount_cents(self) -> int | None:
        """Together; None when a price is not known."""
        known = [cents for cents in self.prices if cents is not None]
        return sum(known) if len(known) == len(self.prices) else None

    @property
    def unit_cents(self) -> int | None:
        """The price of each day, None when they differ or are not known."""
        return self.prices[0] if len(set(self.prices)) == 1 else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that one order did of one kind."""

    title: str
    tone: str
    symbol: str
    lines: list[OutcomeLine]
    is_returned: bool

    @property
    def count(self) -> int:
        return sum(len(line.days) for line in self.lines)

    @property
    def amount_cents(self) -> int | None:
        """Together; None when a price is not known."""
        amounts = [line.amount_cents for line in self.lines]
        return None if None in amounts else sum(cents for cents in amounts if cents is not None)


def outcomes(bookings: Iterable[NamedBooking], prices: Priced) -> list[Outcome]:
    """The bookings that an order made and those that it cancelled, by what became of them."""
    by_title: dict[str, list[NamedBooking]] = {title: [] for title in ORDERED.values()}
    for booking in bookings:
        by_title[ORDERED[booking.status]].append(booking)
    return [
        Outcome(
            title,
            found[0].tone,
            found[0].symbol,
            _lines(found, prices),
            is_returned=found[0].status in RETURNED,
        )
        for title, found in by_title.items()
        if found
    ]


def _lines(bookings: list[NamedBooking], prices: Priced) -> list[OutcomeLine]:
    def together(each: NamedBooking) -> tuple[str, date, str, str]:
        return each.child_name, monday_of(each.date), each.activity_label, each.activity_id

    ordered = sorted(bookings, key=lambda each: (*together(each), each.date))
    return [_line(list(found), prices) for _, found in groupby(ordered, together)]


def _line(bookings: list[NamedBooking], prices: Priced) -> OutcomeLine:
    first = bookings[0]
    monday = monday_of(first.date)
    priced = [prices.get((each.child_id, each.activity_id, each.date)) for each in bookings]
    return OutcomeLine(
        first.child_name,
        week_title(monday, monday + timedelta(days=4)),
        first.activity_label,
        [each.date for each in bookings],
        [price.amount_cents if price else None for price in priced],
    )
