"""Accounts and the links mailed to their owners."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import NotFound
from preau.identity.accounts.domain import email_key
from preau.identity.accounts.one_time import hash_token
from preau.identity.accounts.tables import Account, AccountLink, SpentChallenge


async def account_by_email(session: AsyncSession, email: str) -> Account | None:
    """The account whose login this is, if any."""
    return await session.scalar(select(Account).where(Account.email_key == email_key(email)))


async def account_by_id(session: AsyncSession, account_id: UUID) -> Account:
    """The account. Raises ``NotFound``."""
    account = await session.get(Account, account_id)
    if account is None:
        raise NotFound("Ce compte n’existe plus.")
    return account


async def add_account(session: AsyncSession, values: dict[str, Any]) -> Account | None:
    """Insert an account; ``None`` when its e-mail is another's login already."""
    return await session.scalar(
        insert(Account)
        .values(**values, email_key=email_key(values["email"]))
        .on_conflict_do_nothing(index_elements=[Account.email_key])
        .returning(Account)
    )


async def change_account(session: AsyncSession, account_id: UUID, changes: dict[str, Any]) -> None:
    """Write changes to an account's columns."""
    await session.execute(update(Account).where(Account.account_id == account_id).values(**changes))


async def add_link(
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


async def use_link(session: AsyncSession, *, token: str, purpose: str, now: datetime) -> UUID | None:
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


async def link_account(session: AsyncSession, *, token: str, purpose: str, now: datetime) -> UUID | None:
    """The account of a link that still works, which stays unused; ``None`` when it is not valid."""
    return await session.scalar(
        select(AccountLink.account_id).where(
            AccountLink.token_hash == hash_token(token),
            AccountLink.purpose == purpose,
            AccountLink.used_at.is_(None),
            AccountLink.expires_at > now,
        )
    )


async def forget_expired(session: AsyncSession, *, now: datetime) -> None:
    """Drop challenges and links that expired."""
    await session.execute(delete(SpentChallenge).where(SpentChallenge.expires_at < now))
    await session.execute(delete(AccountLink).where(AccountLink.expires_at < now))
