"""What happens to accounts."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.identity.accounts import repository
from preau.identity.accounts.tables import Account
from preau.identity.notifications import domain, outgoing
from preau.identity.sessions.repository import revoke_all


async def set_password(
    session: AsyncSession, account: Account, password_hash: str, *, keep: UUID | None, sign_in_link: str
) -> None:
    """Set the password, end the sessions but ``keep``, and write to the owner that it changed."""
    now = await database_now(session)
    await repository.change_account(session, account.account_id, {"password_hash": password_hash})
    await revoke_all(session, account.account_id, because="password changed", now=now, but=keep)
    await outgoing.queue(
        session,
        domain.PASSWORD_CHANGED,
        [domain.Recipient(account.email, account.first_name)],
        {"sign_in_link": sign_in_link},
        now=now,
    )


async def confirm_email(session: AsyncSession, account_id: UUID) -> None:
    """The e-mail is its owner's."""
    await repository.change_account(session, account_id, {"email_confirmed_at": await database_now(session)})
