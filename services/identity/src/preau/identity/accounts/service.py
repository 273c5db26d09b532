"""What an account's owner does with it: profile, password."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.errors import FieldErrors
from preau.identity.accounts import lanes, repository
from preau.identity.accounts.passwords import hash_password, password_matches
from preau.identity.accounts.registration import check_new_password
from preau.identity.accounts.schemas import AccountOut, MembershipOut, PasswordChangeIn
from preau.identity.accounts.tables import Account
from preau.identity.agents.links import forget_expired as forget_expired_links
from preau.identity.memberships.repository import memberships_of
from preau.identity.notifications import domain, outgoing
from preau.identity.sessions.repository import forget_ended, revoke_all
from preau.identity.throttles.forgetting import forget_past
from preau.identity.throttles.guards import CURRENT_PASSWORD, begin_try, end_try
from preau.identity.throttles.keys import account_key

_TRACES_KEPT = timedelta(days=30)


async def profile(session: AsyncSession, account_id: UUID) -> AccountOut:
    """The profile and the families. Raises ``NotFound``."""
    account = await repository.account_by_id(session, account_id)
    facts = {name: getattr(account, name) for name in AccountOut.model_fields if name != "memberships"}
    families = await memberships_of(session, account_id)
    return AccountOut(**facts, memberships=[MembershipOut.model_validate(row) for row in families])


async def change_profile(session: AsyncSession, account_id: UUID, changes: dict[str, Any]) -> AccountOut:
    """Change the profile. Raises ``NotFound``."""
    if changes:
        await repository.change_account(session, account_id, changes)
    return await profile(session, account_id)


async def change_password(
    database: Database,
    session: AsyncSession,
    *,
    account_id: UUID,
    session_id: UUID,
    form: PasswordChangeIn,
    address: str,
    sign_in_link: str,
) -> None:
    """Change the password and end every other session.

    Raises ``FieldErrors``, ``TooManyRequests``, ``LaneFull``.
    """
    account = await repository.account_by_id(session, account_id)
    check_new_password(form.password, form.password_confirmation, account.email)
    async with database.system_transaction() as apart:  # the count stays when the request fails
        tried = await begin_try(apart, CURRENT_PASSWORD, account_key("parent", account.email), address)
    stored = account.password_hash
    if not await password_matches(form.current_password, stored, lanes.CURRENT_PASSWORD):
        raise FieldErrors({"current_password": "Ce n’est pas votre mot de passe actuel."})
    password_hash = await hash_password(form.password, lanes.NEW_PASSWORD)
    async with database.system_transaction() as apart:
        await end_try(apart, tried)
    await set_password(session, account, password_hash, keep=session_id, sign_in_link=sign_in_link)


async def set_password(
    session: AsyncSession, account: Account, password_hash: str, *, keep: UUID | None, sign_in_link: str
) -> None:
    """Set the password, end the sessions but ``keep``, and tell the owner."""
    now = await database_now(session)
    await repository.change_account(session, account.account_id, {"password_hash": password_hash})
    await revoke_all(session, account.account_id, because="password changed", now=now, but=keep)
    await outgoing.queue(
        session,
        domain.PASSWORD_CHANGED,
        [outgoing.Recipient(account.email, account.first_name)],
        {"sign_in_link": sign_in_link},
        now=now,
    )


async def forget_traces(database: Database) -> None:
    """The periodic clean-up: challenges, links, tries and sessions that are of no more use."""
    async with database.system_transaction() as session:
        now = await database_now(session)
        await repository.forget_expired(session, now=now)
        await forget_expired_links(session, now)
        await forget_past(session, now)
        await forget_ended(session, now - _TRACES_KEPT)
