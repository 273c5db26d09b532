"""What an account's owner does with it: profile, password, lost password, confirmed e-mail."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.errors import FieldErrors
from preau.identity.accounts import links, repository, throttle
from preau.identity.accounts.passwords import hash_password, password_matches
from preau.identity.accounts.registration import check_new_password
from preau.identity.accounts.schemas import AccountOut, MembershipOut, NewPasswordIn, PasswordChangeIn
from preau.identity.accounts.tables import Account
from preau.identity.memberships.repository import memberships_of
from preau.identity.notifications import domain, outgoing
from preau.identity.sessions.repository import forget_ended, revoke_all

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
    sign_in_link: str,
) -> None:
    """Change the password and end every other session. Raises ``FieldErrors``, ``TooManyRequests``."""
    account = await repository.account_by_id(session, account_id)
    check_new_password(form.password, form.password_confirmation, account.email)
    async with database.system_transaction() as apart:  # the count stays when the request fails
        await throttle.count_try(apart, throttle.CURRENT_PASSWORD, str(account_id))
    if not await password_matches(form.current_password, account.password_hash):
        raise FieldErrors({"current_password": "Ce n’est pas votre mot de passe actuel."})
    await throttle.forget_tries(session, throttle.CURRENT_PASSWORD, str(account_id))
    await _set_password(
        session, account, await hash_password(form.password), keep=session_id, sign_in_link=sign_in_link
    )


async def _set_password(
    session: AsyncSession, account: Account, password_hash: str, *, keep: UUID | None, sign_in_link: str
) -> None:
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


async def ask_for_reset(database: Database, email: str, *, public_url: str) -> None:
    """Mail a link to choose a new password, if the e-mail has an account; nothing tells whether it has.

    Raises ``TooManyRequests``.
    """
    async with database.system_transaction() as session:
        await throttle.count_try(session, throttle.PASSWORD_RESET, email.casefold())
        account = await repository.account_by_email(session, email)
        if account is None:
            return
        token = await links.new_link(session, account.account_id, links.RESET_PASSWORD)
        await outgoing.queue(
            session,
            domain.PASSWORD_RESET,
            [outgoing.Recipient(account.email, account.first_name)],
            {"link": f"{public_url}/mot-de-passe/{token}"},
            now=await database_now(session),
        )


async def reset_password(database: Database, token: str, form: NewPasswordIn, *, sign_in_link: str) -> None:
    """Set a new password with a mailed link, which also proves the e-mail; every session ends.

    Raises ``LinkNotValid``, ``FieldErrors`` (the link then still works).
    """
    password_hash = await hash_password(form.password)
    async with database.system_transaction() as session:
        account_id = await links.use(session, token, links.RESET_PASSWORD)
        account = await repository.account_by_id(session, account_id)
        check_new_password(form.password, form.password_confirmation, account.email)
        await _set_password(session, account, password_hash, keep=None, sign_in_link=sign_in_link)
        await _confirm(session, account_id)


async def confirm_email(database: Database, token: str) -> None:
    """The e-mail is its owner's. Raises ``LinkNotValid``."""
    async with database.system_transaction() as session:
        await _confirm(session, await links.use(session, token, links.CONFIRM_EMAIL))


async def _confirm(session: AsyncSession, account_id: UUID) -> None:
    await repository.change_account(session, account_id, {"email_confirmed_at": await database_now(session)})


async def forget_traces(database: Database) -> None:
    """The periodic clean-up: challenges, links, tries and sessions that are of no more use."""
    async with database.system_transaction() as session:
        now = await database_now(session)
        await repository.forget_expired(session, now=now, idle_since=now - timedelta(days=1))
        await forget_ended(session, now - _TRACES_KEPT)
