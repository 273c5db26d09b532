"""The clean-up: what no longer slows anybody."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.throttles.known_networks import KEPT
from preau.identity.throttles.tables import KnownNetwork, Throttle, TryBudget

_IDLE = timedelta(days=1)


async def forget_past(session: AsyncSession, now: datetime) -> None:
    """Drop tries long past, budgets that are whole, and networks not seen for long."""
    await session.execute(delete(Throttle).where(Throttle.last_tried_at < now - _IDLE))
    await session.execute(delete(TryBudget).where(TryBudget.spent_until < now))
    await session.execute(delete(KnownNetwork).where(KnownNetwork.seen_at < now - KEPT))
