"""Posting the sandbox bank's notifications, again and again until they are answered 2xx."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import aiohttp
from sqlalchemy import delete, func, select, update

from preau.common.db.database import Database
from preau.common.logging import logger
from preau.payments.providers.sandbox.adapter import SIGNATURE_HEADER, notification_body, signature
from preau.payments.providers.sandbox.tables import BankNotification

log = logger(__name__)

BATCH = 100
ATTEMPTS = 8
"""Then the bank gives up, as banks do: the shop has to ask."""


@dataclass(frozen=True, slots=True)
class NotificationPost:
    """Posts what is due to ``<hooks_url>/sandbox/<régie>``."""

    hooks_url: str
    secret: str

    async def post_due(self, database: Database) -> bool:
        """Post one batch; says whether there may be more."""
        due = await self._claim(database)
        if due:
            timeout = aiohttp.ClientTimeout(total=5)
            async with aiohttp.ClientSession(timeout=timeout) as http:
                posted = await asyncio.gather(*(self._post(http, notification) for notification in due))
            await _forget(database, [identity for identity in posted if identity])
        return len(due) == BATCH

    async def _claim(self, database: Database) -> list[BankNotification]:
        """Take due notifications; each is put off (5 s, 10 s, 20 s …) in case its post fails."""
        now = func.clock_timestamp()
        async with database.system_transaction() as session:
            await session.execute(delete(BankNotification).where(BankNotification.attempts >= ATTEMPTS))
            ready = (
                select(BankNotification.notification_id)
                .where(BankNotification.due_at <= now)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
            claimed = await session.scalars(
                update(BankNotification)
                .where(BankNotification.notification_id.in_(ready.scalar_subquery()))
                .values(
                    due_at=now + timedelta(seconds=5) * func.power(2, BankNotification.attempts),
                    attempts=BankNotification.attempts + 1,
                )
                .returning(BankNotification)
            )
            return list(claimed)

    async def _post(self, http: aiohttp.ClientSession, notification: BankNotification) -> UUID | None:
        body = notification_body(notification.transaction_ref)
        url = f"{self.hooks_url.rstrip('/')}/sandbox/{notification.regie_id}"
        headers = {"content-type": "application/json", SIGNATURE_HEADER: signature(self.secret, body)}
        try:
            async with http.post(url, data=body, headers=headers) as response:
                if response.status < 300:
                    return notification.notification_id
                log.warning("sandbox notification refused", status=response.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("sandbox notification not posted", error=repr(error))
        return None


async def _forget(database: Database, posted: list[UUID]) -> None:
    async with database.system_transaction() as session:
        await session.execute(delete(BankNotification).where(BankNotification.notification_id.in_(posted)))
