"""The signing keys in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.sessions.tables import SigningKey

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('preau-identity-signing-key'))")


async def one_at_a_time(session: AsyncSession) -> None:
    """Wait until no other transaction changes the keys."""
    await session.execute(_ONE_AT_A_TIME)


async def active(session: AsyncSession) -> SigningKey | None:
    """The key that signs now, if there is one."""
    return await session.scalar(select(SigningKey).where(SigningKey.retired_at.is_(None)))


async def add(
    session: AsyncSession, *, kid: str, private_jwk: dict[str, Any], created_at: datetime
) -> SigningKey:
    """Insert the active key; flushed, because it is unique: a rival shows here."""
    stored = SigningKey(kid=kid, private_jwk=private_jwk, created_at=created_at)
    session.add(stored)
    await session.flush()
    return stored


async def retire_active(session: AsyncSession, now: datetime) -> None:
    """The active key no longer signs."""
    await session.execute(update(SigningKey).where(SigningKey.retired_at.is_(None)).values(retired_at=now))


async def published(session: AsyncSession, *, retired_after: datetime) -> Sequence[SigningKey]:
    """The active key and those retired after that, the newest first."""
    stored = await session.scalars(
        select(SigningKey)
        .where(or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > retired_after))
        .order_by(SigningKey.created_at.desc())
    )
    return stored.all()


async def delete_retired(session: AsyncSession, *, before: datetime) -> None:
    """Drop keys retired before that: no token that they signed is still good."""
    await session.execute(delete(SigningKey).where(SigningKey.retired_at < before))
