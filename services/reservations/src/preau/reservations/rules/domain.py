"""Why a booking or a cancellation is refused.

A rule is a pure function: an attempt in, ``None`` (allowed) or a :class:`Refusal` out. The same two lists run
at display, in the basket and at commit, so that a greyed day always says why.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from preau.reservations.activities.domain import Activity
from preau.reservations.bookings.domain import Booking
from preau.reservations.calendars.domain import CommuneCalendar
from preau.reservations.copies.domain import ChildRecord

OverrideBy = Literal["agent", "nobody"]
Action = Literal["book", "cancel"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, in French; until when it was possible; who can do it all the same."""

    rule: str
    reason: str
    cut_off: datetime | None = None
    override_by: OverrideBy = "agent"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a parent or an agent wants: to book or to cancel a day."""

    child_id: UUID
    activity_id: UUID
    day: date
    action: Action

    @property
    def key(self) -> tuple[UUID, UUID, date]:
        return self.child_id, self.activity_id, self.day


@dataclass(frozen=True, slots=True)
class Places:
    """The capacity of an activity on a day, and how much of it is used."""

    capacity: int
    used: int = 0

    @property
    def remaining(self) -> int:
        return max(0, self.capacity - self.used)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A child, an activity, a day, and all that decides on them at the instant ``now``.

    ``booking`` is the active one, if any; ``family_is_active`` is the commune's record.
    """

    child: ChildRecord
    activity: Activity
    day: date
    calendar: CommuneCalendar
    now: datetime
    places: Places
    booking: Booking | None = None
    family_is_active: bool = True


Rule = Callable[[Attempt], Refusal | None]


def first_refusal(rules: Iterable[Rule], attempt: Attempt) -> Refusal | None:
    """The first rule that refuses, or None when all allow."""
    return next((refusal for rule in rules if (refusal := rule(attempt)) is not None), None)
