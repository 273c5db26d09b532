"""One look at a family on the bare driver: its children, its basket, its bookings and the places left.

What pages show of it and what decides on its wishes. What the commune offers is not read again: the look says
its version (``catalogue/offer.py``).
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from preau.common.db.driver import DriverTransaction, Record, Statement
from preau.common.http.permissions import FamilyCaller
from preau.reservations.basket.domain import Basket, Line
from preau.reservations.bookings.domain import Booking, BookingKey, Wish
from preau.reservations.bookings.lifecycle import ACTIVE
from preau.reservations.catalogue.offer import Offer
from preau.reservations.copies.domain import ChildRecord
from preau.reservations.rules.context import BookingContext
from preau.reservations.slots.domain import Places

_CHILD = "c.child_id, c.family_id, c.first_name, c.last_name, c.birth_date, c.class_name, c.level, c.diet"
_BOOKING = (
    "b.booking_id, b.commune_id, b.family_id, b.child_id, b.activity_id, b.service_date, b.status, b.version,"
    " b.payment_mode, b.slot_id, b.order_id, b.decided_by_agent"
)
_SLOT = "s.activity_id, s.slot_date, s.capacity, s.used, s.slot_id"


def _statement(days: str, bookings: str, places: str) -> Statement:
    """One row; the bookings and places are those of the wanted days and those of the basket's lines."""
    return Statement(
        f"WITH {days}"  # noqa: S608 - made of constants
        f" children AS (SELECT {_CHILD} FROM child_copy c WHERE c.family_id = CAST(:family AS uuid)),"
        " held AS (SELECT basket_id, coalesce(jsonb_array_length(emptied), 0) AS restorable FROM basket"
        " WHERE family_id = CAST(:family AS uuid) AND account_id = CAST(:account AS uuid)),"
        " lines AS (SELECT l.line_id, l.child_id, l.activity_id, l.service_date, l.action"
        " FROM basket_line l JOIN held ON held.basket_id = l.basket_id),"
        f" bookings AS (SELECT {_BOOKING} FROM booking b WHERE {bookings}"
        f" UNION SELECT {_BOOKING} FROM booking b JOIN lines l ON l.child_id = b.child_id"
        " AND l.activity_id = b.activity_id AND l.service_date = b.service_date),"
        f" places AS (SELECT {_SLOT} FROM slot s WHERE {places}"
        f" UNION SELECT {_SLOT} FROM slot s JOIN lines l ON l.activity_id = s.activity_id"
        " AND l.service_date = s.slot_date)"
        " SELECT clock_timestamp() AS now, held.basket_id, held.restorable,"
        " (SELECT status FROM family_copy f WHERE f.family_id = CAST(:family AS uuid)"
        " AND EXISTS (SELECT FROM commune_copy)) AS family_status,"
        " coalesce((SELECT owed_cents FROM debt_copy d WHERE d.family_id = CAST(:family AS uuid)), 0)"
        " AS debt_cents,"
        " coalesce((SELECT version FROM offer_version WHERE commune_id = CAST(:commune AS uuid)), 0)"
        " AS offer_version,"
        " ARRAY(SELECT ROW(c.*) FROM children c ORDER BY c.birth_date, c.child_id) AS children,"
        " ARRAY(SELECT ROW(l.*) FROM lines l ORDER BY l.service_date, l.child_id, l.activity_id) AS lines,"
        " ARRAY(SELECT ROW(b.*) FROM bookings b ORDER BY b.booking_id) AS bookings,"
        " ARRAY(SELECT ROW(p.*) FROM places p) AS places"
        " FROM (SELECT 1) AS one LEFT JOIN held ON true"
    )


LOOK = _statement(
    days="",
    bookings="b.child_id = (SELECT c.child_id FROM children c"
    " ORDER BY array_position(CAST(:wanted AS uuid[]), c.child_id), c.birth_date, c.child_id LIMIT 1)"
    " AND b.activity_id = ANY(CAST(:activities AS uuid[]))"
    " AND b.service_date BETWEEN CAST(:first AS date) AND CAST(:last AS date)",
    places="s.activity_id = ANY(CAST(:activities AS uuid[]))"
    " AND s.slot_date BETWEEN CAST(:first AS date) AND CAST(:last AS date)",
)
LOOK_AROUND = _statement(
    days="today AS (SELECT CAST(clock_timestamp() AT TIME ZONE time_zone AS date) AS day FROM commune_copy"
    " WHERE commune_id = CAST(:commune AS uuid)),",
    bookings="b.child_id IN (SELECT child_id FROM children)"
    " AND b.service_date BETWEEN (SELECT day FROM today) - CAST(:days_back AS integer)"
    " AND (SELECT day FROM today) + CAST(:days_ahead AS integer)",
    places="s.activity_id IN (SELECT activity_id FROM bookings)"
    " AND s.slot_date BETWEEN (SELECT day FROM today)"
    " AND (SELECT day FROM today) + CAST(:days_ahead AS integer)",
)


class Span(NamedTuple):
    """Of which activities and days, both included, bookings and places are wanted, and of which child.

    The child is the first of ``child_ids`` that the family has, else its eldest.
    """

    activity_ids: Collection[UUID]
    first: date
    last: date
    child_ids: Sequence[UUID] = ()


NO_DAYS = Span((), date.max, date.min)
"""The basket alone."""


class Look(NamedTuple):
    """What one look at a family gave: its ``row`` is read once the offer is known."""

    row: Record

    @property
    def offer_version(self) -> int:
        return self.row["offer_version"]

    @property
    def family_is_known(self) -> bool:
        return self.row["family_status"] is not None

    @property
    def basket(self) -> Basket | None:
        """The account's basket for the family, None before there is one."""
        basket_id = self.row["basket_id"]
        return None if basket_id is None else Basket(basket_id, self.row["restorable"])

    def lines(self) -> list[Line]:
        """The lines of the basket by day."""
        return [Line(line_id, Wish(*wish)) for line_id, *wish in self.row["lines"]]

    def children(self) -> dict[UUID, ChildRecord]:
        """All children of the family, the eldest first."""
        return {child[0]: ChildRecord(*child) for child in self.row["children"]}

    def today(self, offer: Offer) -> date:
        """The present day in the commune."""
        return offer.commune.today(self.row["now"])

    def context(self, offer: Offer, lines: Sequence[Line], days: Collection[date] = ()) -> BookingContext:
        """What decides on the lines of the basket and on these days, of which there is at least one."""
        every_day = [*days, *(line.wish.day for line in lines)]
        return BookingContext(
            now=self.row["now"],
            commune=offer.commune,
            calendar=offer.calendar(min(every_day), max(every_day)),
            family_is_active=self.row["family_status"] == "active",
            debt_cents=self.row["debt_cents"],
            children=self.children(),
            activities=offer.activities,
            bookings=self._bookings(offer),
            places={(activity, day): Places(*counts) for activity, day, *counts in self.row["places"]},
        )

    def _bookings(self, offer: Offer) -> dict[BookingKey, Booking]:
        """For each child, activity and day the active booking, else the one that ended last."""
        rows: list[Any] = self.row["bookings"]
        found = [_booking(row, offer) for row in rows]
        ended = {one.key: one for one in found if one.status not in ACTIVE}
        return ended | {one.key: one for one in found if one.status in ACTIVE}


def _booking(row: Any, offer: Offer) -> Booking:
    *known, order_id, decided_by_agent = row
    values: Any = (*known, offer.activities[row[4]].label, order_id, decided_by_agent)
    return Booking(*values)


async def look(transaction: DriverTransaction, family: FamilyCaller, span: Span) -> Look:
    """The family, the account's basket for it and the days of the span, as they are at one instant."""
    [row] = await transaction.rows(
        LOOK,
        {
            "commune": family.commune_id,
            "family": family.family_id,
            "account": family.account_id,
            "activities": list(span.activity_ids),
            "first": span.first,
            "last": span.last,
            "wanted": list(span.child_ids),
        },
    )
    return Look(row)


async def look_around(
    transaction: DriverTransaction, family: FamilyCaller, *, days_back: int, days_ahead: int
) -> Look:
    """The family, the account's basket, what its children have around the present day, and its places."""
    [row] = await transaction.rows(
        LOOK_AROUND,
        {
            "commune": family.commune_id,
            "family": family.family_id,
            "account": family.account_id,
            "days_back": days_back,
            "days_ahead": days_ahead,
        },
    )
    return Look(row)
