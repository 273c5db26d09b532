"""Mails to send, and those that the sandbox took, in the database."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.identity.notifications.lifecycle import MAIL, Act
from preau.identity.notifications.tables import Notification, SandboxMail


async def add(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write mails to send."""
    if rows:
        await session.execute(insert(Notification), rows)


def _in_a_state_to(act: Act) -> ColumnElement[bool]:
    """Literal values, so that the partial index on what is pending serves."""
    states = sorted(MAIL.before(act))
    return Notification.status.in_(bindparam(f"may_{act}", states, expanding=True, literal_execute=True))


async def claim(session: AsyncSession, *, size: int, lease: timedelta) -> Sequence[Notification]:
    """Take mails that are due: nobody else sends them before the lease ends."""
    due = (
        select(Notification.notification_id)
        .where(_in_a_state_to("claim"), Notification.next_attempt_at <= func.clock_timestamp())
        .order_by(Notification.next_attempt_at)
        .limit(size)
        .with_for_update(skip_locked=True)
    )
    claimed = await session.scalars(
        update(Notification)
        .where(Notification.notification_id == func.any(func.array(due.scalar_subquery())))
        .values(attempts=Notification.attempts + 1, next_attempt_at=func.clock_timestamp() + lease)
        .returning(Notification.notification_id)
        .execution_options(synchronize_session=False)
    )
    rows = await session.scalars(
        select(Notification)
        .where(Notification.notification_id.in_(claimed.all()))
        .order_by(Notification.created_at, Notification.notification_id)
    )
    return rows.all()


async def mark_sent(session: AsyncSession, notification: Notification, now: datetime) -> None:
    """The mail left; a body with a secret in it is forgotten."""
    forgotten = {"text": "", "html": ""} if notification.holds_secret else {}
    await _move(session, notification, "send", sent_at=now, last_error=None, **forgotten)


async def mark_delayed(
    session: AsyncSession, notification: Notification, *, error: str, next_attempt_at: datetime
) -> None:
    """The mail did not leave: it is tried again then, unless another sender was done with it."""
    await _move(session, notification, "delay", last_error=error, next_attempt_at=next_attempt_at)


async def mark_given_up(session: AsyncSession, notification: Notification, *, error: str) -> None:
    """The mail did not leave and never will, unless another sender sent it."""
    await _move(session, notification, "give_up", last_error=error)


async def _move(session: AsyncSession, notification: Notification, act: Act, **changes: Any) -> None:
    """Carry the act out where the mail is in a state for it; else another sender was faster."""
    await session.execute(
        update(Notification)
        .where(Notification.notification_id == notification.notification_id, _in_a_state_to(act))
        .values(status=MAIL.move("pending", act), **changes)
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
