"""The calendar of a commune: what is published and what its agents entered."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.reservations.calendars import published
from preau.reservations.calendars.domain import Closure, CommuneCalendar
from preau.reservations.calendars.tables import ClosureRow


async def calendar(
    session: AsyncSession, first: date, last: date, *, time_zone: str, school_zone: str
) -> CommuneCalendar:
    """The commune's calendar for the days from ``first`` to ``last``: from the year before them on."""
    years = range(first.year - 1, last.year + 1)
    rows = await session.execute(
        select(
            ClosureRow.kind,
            ClosureRow.first_day,
            ClosureRow.last_day,
            ClosureRow.label,
            ClosureRow.site_id,
        ).where(ClosureRow.last_day >= date(years[0], 1, 1))
    )
    school = published.merged(years, school_zone, school=True)
    closures: list[Closure] = []
    for kind, first_day, last_day, label, site_id in rows:
        if kind == "school_holidays":
            days = (last_day - first_day).days + 1
            school.update({first_day + timedelta(days=n): label for n in range(days)})
        else:
            closures.append(Closure(first_day, last_day, label, site_id))
    return CommuneCalendar(
        ZoneInfo(time_zone),
        published.merged(years, school_zone, school=False),
        school,
        tuple(closures),
    )


async def closures(session: AsyncSession, since: date) -> Sequence[ClosureRow]:
    """What the agents of the commune entered, from ``since`` on."""
    return (
        await session.scalars(
            select(ClosureRow)
            .where(ClosureRow.last_day >= since)
            .order_by(ClosureRow.first_day, ClosureRow.closure_id)
        )
    ).all()


async def add_closure(session: AsyncSession, values: Mapping[str, object]) -> None:
    """Enter days."""
    await session.execute(insert(ClosureRow).values(**values))


async def remove_closure(session: AsyncSession, closure_id: UUID) -> bool:
    """Take days back; False when they are unknown."""
    gone = await session.execute(
        delete(ClosureRow).where(ClosureRow.closure_id == closure_id).returning(ClosureRow.closure_id)
    )
    return gone.first() is not None
