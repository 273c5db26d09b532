"""Periodic work on runs."""

from datetime import timedelta

from preau.billing.runs import queue
from preau.common.db.database import Database


async def requeue_stuck_chunks(database: Database, lease: timedelta) -> None:
    """Queue the chunks that get nowhere anew, over all communes."""
    async with database.system_transaction() as session:
        await queue.requeue_stuck(session, lease)
