"""Accounts in the database."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import NotFound
from preau.identity.accounts.tables import Account
from preau.identity.credentials.domain import email_key


async def account_by_email(session: AsyncSession, email: str) -> Account | None:
    """The account whose login this is, if any."""
    return await session.scalar(select(Account).where(Account.email_key == email_key(email)))


GONE = "Ce compte n’existe plus."


async def account_by_id(session: AsyncSession, account_id: UUID) -> Account:
    """The account. Raises ``NotFound``."""
    account = await find_account(session, account_id)
    if account is None:
        raise NotFound(GONE)
    return account


async def find_account(session: AsyncSession, account_id: UUID) -> Account | None:
    """The account, if it still exists."""
    return await session.get(Account, account_id)


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
