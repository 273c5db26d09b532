"""Back-off after failures: what fails too often must wait, longer each time.

A try is counted before it is made and forgotten when it succeeds, so that parallel tries count too.
"""

import hashlib
import math
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.errors import TooManyRequests
from preau.identity.accounts.tables import Throttle


class Policy(NamedTuple):
    """``free`` failures cost nothing; then the wait doubles from ``first`` to ``longest``.

    All is forgotten after ``memory`` without a try.
    """

    use: str
    free: int
    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=15)
    memory: timedelta = timedelta(hours=1)


SIGN_IN = Policy("sign-in", free=5)
"""By account and address: nobody can lock someone else's account from elsewhere."""
CURRENT_PASSWORD = Policy("current-password", free=5)
MEMBERSHIP_CODE = Policy("membership-code", free=5)
PASSWORD_RESET = Policy("password-reset", free=3, first=timedelta(minutes=1))

_TRY = text(
    """
    INSERT INTO throttle AS t (key, failures, last_tried_at) VALUES (:key, 1, clock_timestamp())
    ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN t.last_tried_at < clock_timestamp() - make_interval(secs => :memory)
            THEN 1 ELSE t.failures + 1 END,
        last_tried_at = clock_timestamp(),
        blocked_until = CASE
            WHEN t.last_tried_at < clock_timestamp() - make_interval(secs => :memory) THEN NULL
            WHEN t.failures + 1 >= :free THEN clock_timestamp() + make_interval(
                secs => least(:longest, :first * 2 ^ least(t.failures + 1 - :free, 30)))
        END
    WHERE t.blocked_until IS NULL OR t.blocked_until <= clock_timestamp()
    RETURNING failures
    """
)


def _key(policy: Policy, parts: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join((policy.use, *parts)).encode()).hexdigest()


async def count_try(session: AsyncSession, policy: Policy, *parts: str) -> None:
    """Count a try of what ``parts`` name (an account, an address).

    Raises ``TooManyRequests`` with the seconds to wait; then nothing was counted.
    """
    key = _key(policy, parts)
    counted = await session.execute(
        _TRY,
        {
            "key": key,
            "free": policy.free,
            "first": policy.first.total_seconds(),
            "longest": policy.longest.total_seconds(),
            "memory": policy.memory.total_seconds(),
        },
    )
    if counted.first() is None:
        until = await session.scalar(select(Throttle.blocked_until).where(Throttle.key == key))
        wait = _seconds_until(until, await database_now(session))
        raise TooManyRequests("Trop d’essais : merci de patienter avant de recommencer.", retry_after=wait)


def _seconds_until(until: datetime | None, now: datetime) -> int:
    return max(1, math.ceil((until - now).total_seconds())) if until else 1


async def forget_tries(session: AsyncSession, policy: Policy, *parts: str) -> None:
    """The try succeeded: start again from nothing."""
    await session.execute(delete(Throttle).where(Throttle.key == _key(policy, parts)))
