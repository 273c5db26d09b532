"""What every service does from time to time: forget what is of no more use, make room in the event log."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from preau.common.db.database import Database
from preau.common.db.event_log import forget_old_months, make_months
from preau.common.db.messaging_tables import INBOX_KEPT_DAYS, KEYS_KEPT_DAYS
from preau.common.periodic import Periodic
from preau.common.settings import ServiceSettings

BATCH = 10_000


def housekeeping(service: str, settings: ServiceSettings) -> tuple[Periodic, ...]:
    """The periodic work that all services share."""
    exports = settings.event_log_exports

    async def forget_keys(database: Database) -> bool:
        return await forget_older(database, "idempotency_key", "created_at", KEYS_KEPT_DAYS)

    async def forget_received(database: Database) -> bool:
        return await forget_older(database, "inbox", "received_at", INBOX_KEPT_DAYS)

    async def forget_events(database: Database) -> None:
        await forget_old_months(
            database,
            months_kept=settings.event_log_months,
            export_folder=Path(exports) / service if exports else None,
        )

    hour = timedelta(hours=1)
    return (
        Periodic("forget-idempotency-keys", hour, forget_keys),
        Periodic("forget-received", hour, forget_received),
        Periodic("extend-event-log", 6 * hour, make_months),
        Periodic("forget-events", 24 * hour, forget_events),
    )


async def forget_older(database: Database, table: str, instant: str, days: int) -> bool:
    """Delete a batch of the rows older than ``days``; ``True`` while there may be more.

    A batch at a time: after a long pause one statement for all would run into its timeout, again and again.
    """
    async with database.system_transaction() as session:
        deleted = await session.execute(
            text(
                f"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table}"  # noqa: S608 - names of ours
                f" WHERE {instant} < now() - make_interval(days => :days) LIMIT :batch)) RETURNING 1"
            ),
            {"days": days, "batch": BATCH},
        )
        return len(deleted.all()) == BATCH
