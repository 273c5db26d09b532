"""Reading all that decides on the wishes of one family, in a handful of statements and without locks."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import NotFound
from preau.reservations.bookings import repository as bookings
from preau.reservations.bookings.domain import BookingKey
from preau.reservations.calendars import repository as calendars
from preau.reservations.catalogue import repository as activities
from preau.reservations.copies import repository as copies
from preau.reservations.rules.context import BookingContext
from preau.reservations.slots import repository as slots


async def load_context(
    session: AsyncSession,
    family_id: UUID,
    *,
    child_ids: Collection[UUID],
    first: date,
    last: date,
    activity_ids: Collection[UUID] | None = None,
    site_id: UUID | None = None,
) -> BookingContext:
    """Read what decides on these children, activities (or those of a site) and days.

    Raises ``NotFound`` for another family's child and for an activity or site that the commune has not.
    """
    family = await copies.family_context(session, family_id)
    if family is None:
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
    return BookingContext(
        now=family.now,
        commune=family.commune,
        calendar=await calendars.calendar(
            session,
            first,
            last,
            time_zone=family.commune.time_zone,
            school_zone=family.commune.school_zone,
        ),
        family_is_active=family.family_is_active,
        debt_cents=family.debt_cents,
        children=children,
        activities=offered,
        bookings=await bookings.active_or_last(session, child_ids, tuple(offered), first, last),
        places=await slots.places(session, tuple(offered), first, last),
    )


async def context_of(session: AsyncSession, family_id: UUID, keys: Collection[BookingKey]) -> BookingContext:
    """Read what decides on these children, activities and days; there is at least one."""
    return await load_context(
        session,
        family_id,
        child_ids={child_id for child_id, _, _ in keys},
        activity_ids={activity_id for _, activity_id, _ in keys},
        first=min(day for _, _, day in keys),
        last=max(day for _, _, day in keys),
    )
