"""Posting the sandbox bank's notifications, again and again until they are answered 2xx."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import aiohttp

from preau.common.db.database import Database
from preau.common.logging import logger
from preau.payments.providers.sandbox import repository
from preau.payments.providers.sandbox.adapter import SIGNATURE_HEADER, notification_body, signature
from preau.payments.providers.sandbox.tables import BankNotification

log = logger(__name__)

BATCH = 100
FIRST_PAUSE = timedelta(seconds=5)
ATTEMPTS = 8
"""Then the bank gives up, as banks do: the shop has to ask."""


@dataclass(frozen=True, slots=True)
class NotificationPost:
    """Posts what is due to ``<hooks_url>/sandbox/<régie>``."""

    hooks_url: str
    secret: str

    async def post_due(self, database: Database) -> bool:
        """Post one batch; says whether there may be more."""
        async with database.system_transaction() as session:
            due = await repository.claim_notifications(session, BATCH, ATTEMPTS, FIRST_PAUSE)
        if due:
            timeout = aiohttp.ClientTimeout(total=5)
            async with aiohttp.ClientSession(timeout=timeout) as http:
                posted = await asyncio.gather(*(self._post(http, notification) for notification in due))
            async with database.system_transaction() as session:
                await repository.delete_notifications(session, [identity for identity in posted if identity])
        return len(due) == BATCH

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
