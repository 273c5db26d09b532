"""Why a booking or a cancellation is refused.

A rule is a pure function: an attempt in, ``None`` (allowed) or a :class:`Refusal` out. The same two lists run
at display, in the basket and at commit, so that a greyed day always says why.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from preau.common.money import Cents
from preau.reservations.bookings.domain import Booking
from preau.reservations.bookings.refusals import Refusal
from preau.reservations.calendars.domain import CommuneCalendar
from preau.reservations.catalogue.domain import Activity
from preau.reservations.copies.domain import ChildRecord
from preau.reservations.slots.domain import Places


@dataclass(frozen=True, slots=True)
class Attempt:
    """A child, an activity, a day, and all that decides on them at the instant ``now``.

    ``booking`` is the active one, if any; ``family_is_active`` is the commune's record; ``debt_cents``
    keep the family from booking.
    """

    child: ChildRecord
    activity: Activity
    day: date
    calendar: CommuneCalendar
    now: datetime
    places: Places
    booking: Booking | None = None
    family_is_active: bool = True
    debt_cents: Cents = 0


Rule = Callable[[Attempt], Refusal | None]


def first_refusal(rules: Iterable[Rule], attempt: Attempt) -> Refusal | None:
    """The first rule that refuses, or None when all allow."""
    return next((refusal for rule in rules if (refusal := rule(attempt)) is not None), None)
