"""Mails to send and their recipients, in the database."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, func, insert, or_, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.accounts.tables import Account
from preau.identity.families.tables import Child, Family, Guardian
from preau.identity.memberships.tables import Membership
from preau.identity.notifications.tables import Notification, SandboxMail


class Recipient(NamedTuple):
    """Who gets a mail."""

    email: str
    first_name: str


async def recipients_of(
    session: AsyncSession, family_ids: Iterable[UUID], *, essential: bool
) -> dict[UUID, list[Recipient]]:
    """The guardians with an e-mail, family by family; unknown families are absent, reachable by nobody empty.

    A guardian without e-mail is reached at the login of the account that stands for them. Unless the mail is
    ``essential``, who asked not to be notified is left out.
    """
    wanted = list(family_ids)
    known = await session.scalars(select(Family.family_id).where(Family.family_id.in_(wanted)))
    found: defaultdict[UUID, list[Recipient]] = defaultdict(list, {family: [] for family in known})
    email = case((Guardian.email != "", Guardian.email), else_=Account.email)
    rows = await session.execute(
        select(Guardian.family_id, email, Guardian.first_name)
        .outerjoin(Membership, Membership.guardian_id == Guardian.guardian_id)
        .outerjoin(Account, Account.account_id == Membership.account_id)
        .where(
            Guardian.family_id.in_(wanted),
            func.coalesce(email, "") != "",
            true() if essential else or_(Account.notify_by.is_(None), Account.notify_by != "none"),
        )
        .order_by(Guardian.family_id, Guardian.position)
    )
    for family_id, address, first_name in rows:
        if all(address.casefold() != other.email.casefold() for other in found[family_id]):
            found[family_id].append(Recipient(address, first_name))
    return dict(found)


async def child_names(session: AsyncSession, child_ids: Iterable[UUID]) -> dict[UUID, str]:
    """First names, by child."""
    rows = await session.execute(
        select(Child.child_id, Child.first_name).where(Child.child_id.in_(list(child_ids)))
    )
    return {row.child_id: row.first_name for row in rows}


async def add(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write mails to send."""
    if rows:
        await session.execute(insert(Notification), rows)


_CLAIM = text(
    """
    UPDATE notification SET attempts = attempts + 1, next_attempt_at = clock_timestamp() + :lease
    WHERE notification_id = ANY (ARRAY(
        SELECT notification_id FROM notification
        WHERE status = 'pending' AND next_attempt_at <= clock_timestamp()
        ORDER BY next_attempt_at LIMIT :size FOR UPDATE SKIP LOCKED
    ))
    RETURNING notification_id
    """
)


async def claim(session: AsyncSession, *, size: int, lease: timedelta) -> Sequence[Notification]:
    """Take mails that are due: nobody else sends them before the lease ends."""
    claimed = (await session.scalars(_CLAIM, {"size": size, "lease": lease})).all()
    rows = await session.scalars(
        select(Notification)
        .where(Notification.notification_id.in_(claimed))
        .order_by(Notification.created_at, Notification.notification_id)
    )
    return rows.all()


async def mark_sent(session: AsyncSession, notification: Notification, now: datetime) -> None:
    """The mail left; a body with a secret in it is forgotten."""
    forgotten = {"text": "", "html": ""} if notification.holds_secret else {}
    await session.execute(
        update(Notification)
        .where(Notification.notification_id == notification.notification_id)
        .values(status="sent", sent_at=now, last_error=None, **forgotten)
    )


async def mark_failed(
    session: AsyncSession, notification: Notification, *, error: str, next_attempt_at: datetime | None
) -> None:
    """The mail did not leave: it is tried again then, or never."""
    changes: dict[str, Any] = (
        {"status": "failed"} if next_attempt_at is None else {"next_attempt_at": next_attempt_at}
    )
    await session.execute(
        update(Notification)
        .where(Notification.notification_id == notification.notification_id)
        .values(last_error=error, **changes)
    )


async def keep_in_sandbox(session: AsyncSession, values: dict[str, Any]) -> None:
    """Put a mail into the sandbox's mailbox."""
    await session.execute(insert(SandboxMail).values(**values))


async def sandbox_mails(session: AsyncSession, to: str | None, limit: int) -> Sequence[SandboxMail]:
    """The sandbox's mailbox, newest first."""
    query = select(SandboxMail).order_by(SandboxMail.sent_at.desc(), SandboxMail.mail_id.desc()).limit(limit)
    if to:
        query = query.where(func.lower(SandboxMail.recipient) == to.lower())
    return (await session.scalars(query)).all()
