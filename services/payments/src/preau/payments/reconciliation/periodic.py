"""Asking providers about every payment that is due: by schedule, or because a notification hinted at it."""

import asyncio
from datetime import timedelta

from preau.common.db.database import Database
from preau.common.http.unit_of_work import Tenant, UnitOfWork
from preau.common.logging import logger
from preau.payments.payments.provider_calls import ProviderCalls
from preau.payments.payments.repository import Due, claim_due
from preau.payments.providers.protocols import ProviderUnavailable
from preau.payments.providers.registry import NoProvider

log = logger(__name__)

BATCH = 50
AT_ONCE = 5
LEASE = timedelta(seconds=60)
"""A question that is not answered within that time is asked again, by whoever comes round."""


async def ask_about_due_payments(database: Database, calls: ProviderCalls) -> bool:
    """Ask about one batch; says whether there may be more. A provider that is away costs one lease."""
    async with database.system_transaction() as session:
        due = await claim_due(session, BATCH, LEASE)
    turns = asyncio.Semaphore(AT_ONCE)

    async def ask(payment: Due) -> None:
        async with turns:
            try:
                await calls.ask(UnitOfWork(database, Tenant(payment.commune_id)), payment.payment_id)
            except (ProviderUnavailable, NoProvider) as error:
                log.warning("provider not asked", payment_id=str(payment.payment_id), error=str(error))

    for answer in await asyncio.gather(*map(ask, due), return_exceptions=True):
        if isinstance(answer, Exception):
            log.error("payment not asked about", error=repr(answer))
    return len(due) == BATCH
