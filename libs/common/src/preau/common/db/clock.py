"""The clock where a deadline decides: the database's, one for all processes."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_NOW = text("SELECT clock_timestamp()")


async def database_now(session: AsyncSession) -> datetime:
    """The present instant (aware, UTC) by the database's clock."""
    return (await session.execute(_NOW)).scalar_one()
