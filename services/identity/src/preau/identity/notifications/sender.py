"""The periodic sender: claims mails that are due, sends them, tries again those that did not leave.

A mail is claimed in one transaction and sent outside of any: a slow relay holds no lock. A sender that dies
in between leaves the mail to the next one when the lease ends, with the same Message-ID.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.common.logging import logger
from preau.identity.notifications import repository
from preau.identity.notifications.domain import LEASE, delay_after
from preau.identity.notifications.mailers.protocol import Mail, MailDelayed, Mailer, MailRefused
from preau.identity.notifications.tables import Notification

log = logger(__name__)

_BATCH = 20
_AT_ONCE = 5


def sender(mailer_of: Callable[[Database], Mailer]) -> Callable[[Database], Awaitable[bool]]:
    """The periodic job: one batch a round; ``True`` while there may be more."""

    async def send_due(database: Database) -> bool:
        mailer = mailer_of(database)
        async with database.system_transaction() as session:
            claimed = await repository.claim(session, size=_BATCH, lease=LEASE)
        gate = asyncio.Semaphore(_AT_ONCE)

        async def send_in_order(mails: Sequence[Notification]) -> None:
            async with gate:
                for mail in mails:
                    await _send(database, mailer, mail)

        await asyncio.gather(*map(send_in_order, _by_recipient(claimed)))
        return len(claimed) == _BATCH

    return send_due


def _by_recipient(mails: Sequence[Notification]) -> Iterable[Sequence[Notification]]:
    """The mails of each recipient in the order given: who is written to twice reads it in that order."""
    of: defaultdict[str, list[Notification]] = defaultdict(list)
    for mail in mails:
        of[mail.recipient.casefold()].append(mail)
    return of.values()


async def _send(database: Database, mailer: Mailer, notification: Notification) -> None:
    try:
        await mailer.send(
            Mail(
                mail_id=notification.notification_id,
                sender_name=notification.sender_name,
                recipient=notification.recipient,
                subject=notification.subject,
                text=notification.text,
                html=notification.html,
            )
        )
    except (MailRefused, MailDelayed) as error:
        await _failed(database, notification, error)
        return
    async with database.system_transaction() as session:
        await repository.mark_sent(session, notification, await database_now(session))


async def _failed(database: Database, notification: Notification, error: MailRefused | MailDelayed) -> None:
    delay = delay_after(notification.attempts) if isinstance(error, MailDelayed) else None
    log.warning(
        "mail not sent",
        notification_id=str(notification.notification_id),
        kind=notification.kind,
        attempts=notification.attempts,
        gives_up=delay is None,
        error=str(error),
    )
    async with database.system_transaction() as session:
        if delay is None:
            await repository.mark_given_up(session, notification, error=str(error))
        else:
            later = await database_now(session) + delay
            await repository.mark_delayed(session, notification, error=str(error), next_attempt_at=later)
