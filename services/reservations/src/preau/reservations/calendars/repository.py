"""The calendar of a commune: what is published and what its agents entered."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.reservations.calendars.domain import CommuneCalendar
from preau.reservations.calendars.published import Entry, commune_calendar
from preau.reservations.calendars.tables import ClosureRow


async def calendar(
    session: AsyncSession, first: date, last: date, *, time_zone: str, school_zone: str
) -> CommuneCalendar:
    """The commune's calendar for the days from ``first`` to ``last``: from the year before them on."""
    entered = await entries(session, date(first.year - 1, 1, 1))
    return commune_calendar(entered, first.year, last.year, time_zone=time_zone, school_zone=school_zone)


async def entries(session: AsyncSession, since: date) -> list[Entry]:
    """The days that agents of the commune entered, as far as they end ``since`` then."""
    rows = await session.execute(
        select(
            ClosureRow.kind,
            ClosureRow.first_day,
            ClosureRow.last_day,
            ClosureRow.label,
            ClosureRow.site_id,
        ).where(ClosureRow.last_day >= since)
    )
    return [Entry(*row) for row in rows]
