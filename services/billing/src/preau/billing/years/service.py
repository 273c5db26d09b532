"""Closing a year of a régie, and the day on which what is heard of late is entered."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import civil_day, today
from preau.billing.ledger.domain import Holder
from preau.billing.regies import repository as regies
from preau.billing.years import repository
from preau.billing.years.domain import YearTotals, check_closing, check_reopening, first_open
from preau.common.db.turns import come_before_turn, take_turn
from preau.common.errors import NotFound
from preau.common.http.permissions import AgentCaller


async def totals(session: AsyncSession, regie_id: UUID) -> list[YearTotals]:
    """The years of a régie, the newest first. Raises `NotFound`."""
    if await regies.regie(session, regie_id) is None:
        raise NotFound("Cette régie n’existe pas.")
    return await repository.totals(session, regie_id)


async def close(session: AsyncSession, agent: AgentCaller, regie_id: UUID, year: int) -> None:
    """Close a year that is over: what is entered of it at this moment is waited for.

    Raises `NotFound`, `YearNotOver`, `YearClosed`, `EarlierYearOpen`.
    """
    await take_turn(session, _turn(regie_id))
    moved = {each.year for each in await totals(session, regie_id)}
    day = await today(session, agent.commune_id)
    check_closing(year, day, moved, await repository.closed(session, regie_id))
    await repository.close(session, regie_id, year, commune_id=agent.commune_id, agent_id=agent.agent_id)


async def reopen(session: AsyncSession, regie_id: UUID, year: int) -> None:
    """Open the last closed year again. Raises `NotFound`, `YearOpen`, `LaterYearClosed`."""
    await take_turn(session, _turn(regie_id))
    if await regies.regie(session, regie_id) is None:
        raise NotFound("Cette régie n’existe pas.")
    check_reopening(year, await repository.closed(session, regie_id))
    await repository.reopen(session, regie_id, year)


async def day_of(session: AsyncSession, holder: Holder, instant: datetime) -> date:
    """The day on which something that was at ``instant`` is entered.

    It is the civil day unless its year is closed: then it is the first day of the year after. A year that is
    over is not closed until the caller's transaction ends.
    """
    day = await civil_day(session, holder.commune_id, instant)
    if day.year == (await today(session, holder.commune_id)).year:
        return day
    await come_before_turn(session, _turn(holder.regie_id))
    return first_open(day, await repository.closed(session, holder.regie_id))


def _turn(regie_id: UUID) -> str:
    return f"years:{regie_id}"
