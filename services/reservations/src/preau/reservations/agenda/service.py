"""The calendar that a parent sees."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import FieldErrors, NotFound
from preau.common.http.permissions import FamilyCaller
from preau.reservations.agenda.domain import day_view
from preau.reservations.agenda.schemas import ActivityDaysOut, CalendarOut, ContactOut, DayOut
from preau.reservations.basket import repository as baskets
from preau.reservations.catalogue import site_repository as sites
from preau.reservations.rules.service import load_context

MOST_DAYS = 62


async def calendar_of_child(
    session: AsyncSession, family: FamilyCaller, *, site_id: UUID, child_id: UUID, first: date, last: date
) -> CalendarOut:
    """The days from ``first`` to ``last``, both included, of each activity of the site for one child.

    Raises ``FieldErrors`` for a span that is backwards or above 62 days.
    """
    span = (last - first).days + 1
    if not 1 <= span <= MOST_DAYS:
        raise FieldErrors({"to": f"La période va d’un jour à {MOST_DAYS} jours."})
    site = await sites.site(session, site_id)
    if site is None or site.status != "active":
        raise NotFound("Ce service n’existe pas.")
    context = await load_context(
        session, family.family_id, child_ids=(child_id,), site_id=site_id, first=first, last=last
    )
    wanted = await baskets.actions(session, family.family_id, family.account_id, child_id)
    days = [first + timedelta(days=n) for n in range(span)]
    rows = [
        ActivityDaysOut(
            activity_id=activity.activity_id,
            label=activity.label,
            payment_mode=activity.payment_mode,
            days=[
                DayOut.model_validate(
                    day_view(
                        context.attempt(child_id, activity.activity_id, day),
                        context.last_booking(child_id, activity.activity_id, day),
                        wanted.get((activity.activity_id, day)),
                    )
                )
                for day in days
            ],
        )
        for activity in context.activities.values()
    ]
    return CalendarOut(
        site_id=site_id,
        child_id=child_id,
        first=first,
        last=last,
        today=context.today,
        contact=ContactOut(email=context.commune.contact_email, phone=context.commune.contact_phone),
        activities=rows,
    )
