"""Back-off after failures: what fails too often must wait, longer each time.

A try is counted before it is made and forgotten when it succeeds, so that parallel tries count too.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import hot
from preau.common.db.driver import Statement
from preau.identity.throttles.domain import Backoff
from preau.identity.throttles.errors import too_many_tries
from preau.identity.throttles.tables import Throttle

_IDLE = timedelta(days=1)
_TRY = Statement(
    """
    INSERT INTO throttle AS t (key, failures, last_tried_at) VALUES (:key, 1, clock_timestamp())
    ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN t.last_tried_at < clock_timestamp() - make_interval(secs => :memory)
            THEN 1 ELSE t.failures + 1 END,
        last_tried_at = clock_timestamp(),
        blocked_until = CASE
            WHEN t.last_tried_at < clock_timestamp() - make_interval(secs => :memory) THEN NULL
            WHEN t.failures + 1 >= :free::int THEN clock_timestamp() + make_interval(
                secs => least(:longest::float8, :first::float8 * 2 ^ least(t.failures + 1 - :free::int, 30)))
        END
    WHERE t.blocked_until IS NULL OR t.blocked_until <= clock_timestamp()
    RETURNING failures
    """
)
_FORGET = Statement("DELETE FROM throttle WHERE key = :key")


async def count_try(session: AsyncSession, backoff: Backoff, key: str) -> None:
    """Count a try. Raises ``TooManyRequests`` with the seconds to wait; then nothing was counted."""
    counted = await hot(session).rows(
        _TRY,
        {
            "key": key,
            "free": backoff.free,
            "first": backoff.first.total_seconds(),
            "longest": backoff.longest.total_seconds(),
            "memory": backoff.memory.total_seconds(),
        },
    )
    if not counted:
        until = await session.scalar(select(Throttle.blocked_until).where(Throttle.key == key))
        raise too_many_tries(until, await database_now(session))


async def forget_tries(session: AsyncSession, key: str) -> None:
    """The try succeeded: start again from nothing."""
    await hot(session).rows(_FORGET, {"key": key})


async def delete_idle(session: AsyncSession, now: datetime) -> None:
    """Drop tries long past: they slow nobody."""
    await session.execute(delete(Throttle).where(Throttle.last_tried_at < now - _IDLE))
