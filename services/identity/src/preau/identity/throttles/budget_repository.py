"""Budgets of tries: so many at once, then one from time to time. A delay that never becomes a lock.

The generic cell rate algorithm: one instant a key says when its budget will be whole again.
"""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import hot
from preau.common.db.driver import Statement
from preau.identity.throttles.domain import Budget
from preau.identity.throttles.errors import too_many_tries
from preau.identity.throttles.tables import TryBudget

_SPEND = Statement(
    """
    INSERT INTO try_budget AS b (key, spent_until) VALUES (:key, clock_timestamp() + :each::interval)
    ON CONFLICT (key) DO UPDATE SET spent_until = greatest(b.spent_until, clock_timestamp()) + :each::interval
    WHERE b.spent_until <= clock_timestamp() + :room::interval
    RETURNING spent_until
    """
)
_GIVE_BACK = Statement("UPDATE try_budget SET spent_until = spent_until - :each::interval WHERE key = :key")


async def spend(session: AsyncSession, budget: Budget, key: str) -> None:
    """Spend one try. Raises ``TooManyRequests`` with the seconds to wait; then nothing was spent."""
    spent = await hot(session).rows(_SPEND, {"key": key, "each": budget.each, "room": budget.room})
    if not spent:
        until = await session.scalar(select(TryBudget.spent_until).where(TryBudget.key == key))
        raise too_many_tries(until and until - budget.room, await database_now(session))


async def give_back(session: AsyncSession, budget: Budget, key: str) -> None:
    """The try succeeded: it costs nothing. What others failed stays spent."""
    await hot(session).rows(_GIVE_BACK, {"key": key, "each": budget.each})


async def delete_whole(session: AsyncSession, now: datetime) -> None:
    """Drop budgets that are whole: they are as good as none."""
    await session.execute(delete(TryBudget).where(TryBudget.spent_until < now))
