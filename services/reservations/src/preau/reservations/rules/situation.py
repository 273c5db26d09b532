"""All that decides on the wishes of one family, read in a handful of statements and without locks."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import NotFound
from preau.reservations.activities import repository as activities
from preau.reservations.activities.domain import Activity
from preau.reservations.bookings import repository as bookings
from preau.reservations.bookings.domain import ACTIVE, Booking
from preau.reservations.bookings.repository import BookingKey
from preau.reservations.calendars import repository as calendars
from preau.reservations.calendars.domain import CommuneCalendar
from preau.reservations.copies import repository as copies
from preau.reservations.copies.domain import ChildRecord, CommuneRecord
from preau.reservations.rules.booking import BOOKING_RULES
from preau.reservations.rules.cancellation import CANCELLATION_RULES
from preau.reservations.rules.domain import Attempt, Places, Refusal, Rule, Wish, first_refusal
from preau.reservations.rules.refused import RefusedLine
from preau.reservations.slots import repository as slots
from preau.reservations.slots.repository import SlotKey


@dataclass(frozen=True, slots=True)
class Situation:
    """What was read; ``now`` is the database's clock then."""

    now: datetime
    commune: CommuneRecord
    calendar: CommuneCalendar
    family_is_active: bool
    children: Mapping[UUID, ChildRecord]
    activities: Mapping[UUID, Activity]
    bookings: Mapping[BookingKey, Booking]
    places: Mapping[SlotKey, Places]

    @property
    def today(self) -> date:
        return self.calendar.today(self.now)

    def at(self, now: datetime) -> "Situation":
        """The same at another instant."""
        return replace(self, now=now)

    def last_booking(self, child_id: UUID, activity_id: UUID, day: date) -> Booking | None:
        """The active booking, else the one that ended last."""
        return self.bookings.get((child_id, activity_id, day))

    def active_booking(self, child_id: UUID, activity_id: UUID, day: date) -> Booking | None:
        """The active booking."""
        booking = self.bookings.get((child_id, activity_id, day))
        return booking if booking is not None and booking.status in ACTIVE else None

    def attempt(self, child_id: UUID, activity_id: UUID, day: date, *, claimed: int = 0) -> Attempt:
        """What the rules judge; ``claimed`` places are wanted by other lines of the same basket."""
        activity = self.activities[activity_id]
        places = self.places.get((activity_id, day), Places(activity.default_capacity))
        return Attempt(
            child=self.children[child_id],
            activity=activity,
            day=day,
            calendar=self.calendar,
            now=self.now,
            places=replace(places, used=places.used + claimed) if claimed else places,
            booking=self.active_booking(child_id, activity_id, day),
            family_is_active=self.family_is_active,
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


async def load_situation(
    session: AsyncSession,
    family_id: UUID,
    *,
    child_ids: Collection[UUID],
    first: date,
    last: date,
    activity_ids: Collection[UUID] | None = None,
    site_id: UUID | None = None,
) -> Situation:
    """Read what decides on these children, activities (or those of a site) and days.

    Raises ``NotFound`` for another family's child and for an activity or site that the commune has not.
    """
    context = await copies.family_context(session, family_id)
    if context is None:
        raise NotFound("Cette famille n’est pas encore connue ici.")
    children = await copies.children(session, family_id, child_ids)
    if len(children) < len(frozenset(child_ids)):
        raise NotFound("Cet enfant n’existe pas.")
    if site_id is not None:
        offered = await activities.activities_of_site(session, site_id)
    else:
        offered = await activities.activities(session, activity_ids or ())
    if len(offered) < len(frozenset(activity_ids or ())):
        raise NotFound("Cette prestation n’existe pas.")
    return Situation(
        now=context.now,
        commune=context.commune,
        calendar=await calendars.calendar(session, context.commune, first, last),
        family_is_active=context.family_is_active,
        children=children,
        activities=offered,
        bookings=await bookings.active_or_last(session, child_ids, tuple(offered), first, last),
        places=await slots.places(session, tuple(offered), first, last),
    )


async def situation_of(session: AsyncSession, family_id: UUID, keys: Collection[BookingKey]) -> Situation:
    """Read what decides on these children, activities and days; there is at least one."""
    return await load_situation(
        session,
        family_id,
        child_ids={child_id for child_id, _, _ in keys},
        activity_ids={activity_id for _, activity_id, _ in keys},
        first=min(day for _, _, day in keys),
        last=max(day for _, _, day in keys),
    )
