"""Mails to send, and those that the sandbox took, in the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.notifications.tables import Notification, SandboxMail


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
