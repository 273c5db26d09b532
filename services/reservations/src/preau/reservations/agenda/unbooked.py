"""The days that a family usually books and has not booked yet, by the deadline that comes first."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from preau.reservations.agenda.schemas import ComingDeadlineOut, UnbookedDayOut
from preau.reservations.bookings.domain import BookingKey
from preau.reservations.rules.booking import BOOKING_RULES, booking_cut_off
from preau.reservations.rules.context import BookingContext
from preau.reservations.rules.domain import first_refusal

USUAL = timedelta(days=60)
"""What a child was booked for since then is what the family usually books."""
AHEAD = timedelta(days=35)
WARNED = timedelta(days=7)
"""How long before a deadline it is worth a word."""


class Unbooked(NamedTuple):
    """A day that can be booked until ``cut_off``."""

    child_id: UUID
    activity_id: UUID
    day: date
    cut_off: datetime


def unbooked(
    context: BookingContext, usual: Iterable[tuple[UUID, UUID]], days: Collection[date]
) -> list[Unbooked]:
    """The bookable days of the usual activities of each child whose deadline is near, the nearest first."""
    found: list[Unbooked] = []
    for child_id, activity_id in usual:
        for day in days:
            attempt = context.attempt(child_id, activity_id, day)
            if first_refusal(BOOKING_RULES, attempt) is None:
                limit = booking_cut_off(attempt)
                if limit <= context.now + WARNED:
                    found.append(Unbooked(child_id, activity_id, day, limit))
    return sorted(found, key=lambda one: (one.cut_off, one.day, one.child_id, one.activity_id))


def by_deadline(found: Iterable[Unbooked], held: Collection[BookingKey]) -> list[ComingDeadlineOut]:
    """The days that are not in the basket either, by deadline."""
    by_cut_off: dict[datetime, list[UnbookedDayOut]] = {}
    for one in found:
        if (one.child_id, one.activity_id, one.day) not in held:
            day = UnbookedDayOut(child_id=one.child_id, activity_id=one.activity_id, date=one.day)
            by_cut_off.setdefault(one.cut_off, []).append(day)
    return [ComingDeadlineOut(cut_off=cut_off, days=days) for cut_off, days in by_cut_off.items()]
