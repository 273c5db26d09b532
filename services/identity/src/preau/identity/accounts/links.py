"""Single-use links mailed to an account's owner: to confirm the e-mail, to choose a new password."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.identity.accounts import link_repository
from preau.identity.credentials.errors import LinkNotValid
from preau.identity.credentials.one_time import random_token


class LinkPurpose(NamedTuple):
    """What a link is for, and how long it works."""

    name: str
    lifetime: timedelta


CONFIRM_EMAIL = LinkPurpose("confirm_email", timedelta(days=2))
RESET_PASSWORD = LinkPurpose("reset_password", timedelta(hours=1))


async def new_link(session: AsyncSession, account_id: UUID, purpose: LinkPurpose) -> str:
    """The token of a new link; earlier ones for the same purpose no longer work."""
    token = random_token()
    await link_repository.add(
        session,
        token=token,
        account_id=account_id,
        purpose=purpose.name,
        expires_at=await database_now(session) + purpose.lifetime,
    )
    return token


async def look_at(session: AsyncSession, token: str, purpose: LinkPurpose) -> UUID:
    """The account of a link, which still works afterwards. Raises ``LinkNotValid``."""
    account_id = await link_repository.account_of(
        session, token=token, purpose=purpose.name, now=await database_now(session)
    )
    if account_id is None:
        raise LinkNotValid
    return account_id


async def use(session: AsyncSession, token: str, purpose: LinkPurpose) -> UUID:
    """Use a link up; gives its account. Raises ``LinkNotValid``."""
    account_id = await link_repository.use(
        session, token=token, purpose=purpose.name, now=await database_now(session)
    )
    if account_id is None:
        raise LinkNotValid
    return account_id
