"""The links mailed to accounts' owners, by their hashes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.accounts.tables import AccountLink
from preau.identity.credentials.one_time import hash_token


async def add(
    session: AsyncSession, *, token: str, account_id: UUID, purpose: str, expires_at: datetime
) -> None:
    """Remember a link by its hash; earlier ones for the same purpose no longer work."""
    await session.execute(
        delete(AccountLink).where(
            AccountLink.account_id == account_id,
            AccountLink.purpose == purpose,
            AccountLink.used_at.is_(None),
        )
    )
    session.add(
        AccountLink(
            token_hash=hash_token(token), account_id=account_id, purpose=purpose, expires_at=expires_at
        )
    )


async def use(session: AsyncSession, *, token: str, purpose: str, now: datetime) -> UUID | None:
    """Use a link up and give its account; ``None`` when it is unknown, used or expired."""
    return await session.scalar(
        update(AccountLink)
        .where(
            AccountLink.token_hash == hash_token(token),
            AccountLink.purpose == purpose,
            AccountLink.used_at.is_(None),
            AccountLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(AccountLink.account_id)
    )


async def account_of(session: AsyncSession, *, token: str, purpose: str, now: datetime) -> UUID | None:
    """The account of a link that still works, which stays unused; ``None`` when it is not valid."""
    return await session.scalar(
        select(AccountLink.account_id).where(
            AccountLink.token_hash == hash_token(token),
            AccountLink.purpose == purpose,
            AccountLink.used_at.is_(None),
            AccountLink.expires_at > now,
        )
    )


async def delete_expired(session: AsyncSession, now: datetime) -> None:
    """Drop links that no longer work."""
    await session.execute(delete(AccountLink).where(AccountLink.expires_at < now))
