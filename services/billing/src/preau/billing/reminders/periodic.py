"""Periodic work on reminders."""

from preau.billing.reminders import service
from preau.common.db.database import Database


async def remind_late(database: Database) -> bool:
    """Make the reminders that are due, over all communes; whether there may be more."""
    async with database.system_transaction() as session:
        return await service.remind(session)
