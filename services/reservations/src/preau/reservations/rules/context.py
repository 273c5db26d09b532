"""All that decides on the wishes of one family: a value, read once."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from preau.common.money import Cents
from preau.reservations.bookings.domain import Action, Booking, BookingKey, Wish
from preau.reservations.bookings.lifecycle import ACTIVE
from preau.reservations.bookings.refusals import Refusal, RefusedLine
from preau.reservations.calendars.domain import CommuneCalendar
from preau.reservations.catalogue.domain import Activity
from preau.reservations.copies.domain import ChildRecord, CommuneRecord
from preau.reservations.rules import booking, cancellation
from preau.reservations.rules.booking import BOOKING_RULES
from preau.reservations.rules.cancellation import CANCELLATION_RULES
from preau.reservations.rules.domain import Attempt, Rule, first_refusal
from preau.reservations.slots.domain import Places, SlotKey


@dataclass(frozen=True, slots=True)
class BookingContext:
    """What was read; ``now`` is the database's clock then."""

    now: datetime
    commune: CommuneRecord
    calendar: CommuneCalendar
    family_is_active: bool
    children: Mapping[UUID, ChildRecord]
    activities: Mapping[UUID, Activity]
    bookings: Mapping[BookingKey, Booking]
    places: Mapping[SlotKey, Places]
    debt_cents: Cents = 0

    @property
    def today(self) -> date:
        return self.calendar.today(self.now)

    def at(self, now: datetime) -> "BookingContext":
        """The same at another instant."""
        return replace(self, now=now)

    def last_booking(self, child_id: UUID, activity_id: UUID, day: date) -> Booking | None:
        """The active booking, else the one that ended last."""
        return self.bookings.get((child_id, activity_id, day))

    def active_booking(self, child_id: UUID, activity_id: UUID, day: date) -> Booking | None:
        """The active booking."""
        found = self.bookings.get((child_id, activity_id, day))
        return found if found is not None and found.status in ACTIVE else None

    def places_of(self, activity_id: UUID, day: date) -> Places:
        """The places of a day: those of its slot, else the activity's default."""
        return self.places.get((activity_id, day)) or Places(self.activities[activity_id].default_capacity)

    def attempt(self, child_id: UUID, activity_id: UUID, day: date, *, claimed: int = 0) -> Attempt:
        """What the rules judge; ``claimed`` places are wanted by other lines of the same basket."""
        places = self.places_of(activity_id, day)
        return Attempt(
            child=self.children[child_id],
            activity=self.activities[activity_id],
            day=day,
            calendar=self.calendar,
            now=self.now,
            places=replace(places, used=places.used + claimed) if claimed else places,
            booking=self.active_booking(child_id, activity_id, day),
            family_is_active=self.family_is_active,
            debt_cents=self.debt_cents,
        )

    def refusal(self, wish: Wish, *, claimed: int = 0, waived: Collection[Rule] = ()) -> Refusal | None:
        """Why the wish is refused, or None."""
        rules = BOOKING_RULES if wish.action == "book" else CANCELLATION_RULES
        attempt = self.attempt(wish.child_id, wish.activity_id, wish.day, claimed=claimed)
        return first_refusal((rule for rule in rules if rule not in waived), attempt)

    def refused(self, wishes: Iterable[Wish]) -> list[RefusedLine]:
        """Those of several wishes that are refused, each counting the places that the ones before want."""
        claimed: Counter[SlotKey] = Counter()
        lines: list[RefusedLine] = []
        for wish in wishes:
            key = wish.activity_id, wish.day
            refusal = self.refusal(wish, claimed=claimed[key])
            if refusal is not None:
                lines.append(RefusedLine(wish, refusal))
            elif wish.action == "book":
                claimed[key] += 1
        return lines

    def late(self, wishes: Iterable[Wish]) -> list[RefusedLine]:
        """The lines whose deadline has passed, whatever else the rules say of them."""
        return [
            RefusedLine(wish, refusal)
            for wish in wishes
            if (refusal := _ENOUGH_NOTICE[wish.action](self.attempt(*wish.key))) is not None
        ]


_ENOUGH_NOTICE: Mapping[Action, Rule] = {
    "book": booking.enough_notice,
    "cancel": cancellation.enough_notice,
}
