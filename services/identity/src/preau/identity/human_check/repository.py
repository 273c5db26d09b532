"""Challenges that were spent, and the secret that signs them, in the database."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.human_check.tables import PlatformSecret, SpentChallenge


async def shared_secret(session: AsyncSession, name: str, candidate: str) -> str:
    """The secret of that name: ``candidate`` of the first replica that asks, the same for all later."""
    query = select(PlatformSecret.value).where(PlatformSecret.name == name)
    stored = await session.scalar(query)
    if stored is not None:
        return stored
    await session.execute(insert(PlatformSecret).values(name=name, value=candidate).on_conflict_do_nothing())
    return (await session.scalars(query)).one()


async def spend(session: AsyncSession, signature: str, expires_at: datetime) -> bool:
    """Spend a challenge; ``False`` when it was spent before."""
    spent = await session.execute(
        insert(SpentChallenge)
        .values(signature=signature, expires_at=expires_at)
        .on_conflict_do_nothing()
        .returning(SpentChallenge.signature)
    )
    return spent.first() is not None


async def delete_expired(session: AsyncSession, now: datetime) -> None:
    """Drop challenges that would be refused anyway."""
    await session.execute(delete(SpentChallenge).where(SpentChallenge.expires_at < now))
