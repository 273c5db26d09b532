"""The commune's civil calendar: which day it is there."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import repository
from preau.common.db.clock import database_now

DEFAULT_ZONE = "Europe/Paris"


async def today(session: AsyncSession, commune_id: UUID) -> date:
    """The present day in the commune, by the database's clock."""
    return await civil_day(session, commune_id, await database_now(session))


async def civil_day(session: AsyncSession, commune_id: UUID, instant: datetime) -> date:
    """The day that an instant is in the commune."""
    commune = await repository.commune(session, commune_id)
    return instant.astimezone(ZoneInfo(commune.time_zone if commune else DEFAULT_ZONE)).date()
