"""The calendar that a parent sees."""

from datetime import date, timedelta
from uuid import UUID

from preau.common.errors import FieldErrors, NotFound
from preau.common.http.access import FamilyAccess
from preau.reservations.basket import repository as baskets
from preau.reservations.calendars.schemas import ActivityDaysOut, CalendarOut, ContactOut, DayOut
from preau.reservations.calendars.view import day_view
from preau.reservations.rules.situation import load_situation
from preau.reservations.sites import repository as sites

MOST_DAYS = 62


async def calendar_of_child(
    family: FamilyAccess, *, site_id: UUID, child_id: UUID, first: date, last: date
) -> CalendarOut:
    """The days from ``first`` to ``last``, both included, of each activity of the site for one child.

    Raises ``FieldErrors`` for a span that is backwards or above 62 days.
    """
    span = (last - first).days + 1
    if not 1 <= span <= MOST_DAYS:
        raise FieldErrors({"to": f"La période va d’un jour à {MOST_DAYS} jours."})
    site = await sites.site(family.session, site_id)
    if site is None or site.status != "active":
        raise NotFound("Ce service n’existe pas.")
    situation = await load_situation(
        family.session, family.family_id, child_ids=(child_id,), site_id=site_id, first=first, last=last
    )
    wanted = await baskets.actions(family.session, family.family_id, family.account_id, child_id)
    days = [first + timedelta(days=n) for n in range(span)]
    rows = [
        ActivityDaysOut(
            activity_id=activity.activity_id,
            label=activity.label,
            payment_mode=activity.payment_mode,
            days=[
                DayOut.model_validate(
                    day_view(
                        situation.attempt(child_id, activity.activity_id, day),
                        situation.last_booking(child_id, activity.activity_id, day),
                        wanted.get((activity.activity_id, day)),
                    )
                )
                for day in days
            ],
        )
        for activity in situation.activities.values()
    ]
    return CalendarOut(
        site_id=site_id,
        child_id=child_id,
        first=first,
        last=last,
        today=situation.today,
        contact=ContactOut(email=situation.commune.contact_email, phone=situation.commune.contact_phone),
        activities=rows,
    )
