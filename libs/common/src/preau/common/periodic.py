"""Work that comes round: sweepers, senders, clean-ups. One failure never stops the next round."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from preau.common.context import begin_work
from preau.common.db.database import Database
from preau.common.db.failures import database_is_away
from preau.common.logging import logger

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Periodic:
    """``run`` is called with the database ``every`` so often, in each process: it claims its work by rows."""

    name: str
    every: timedelta
    run: Callable[[Database], Awaitable[Any]]


async def run_forever(job: Periodic, database: Database) -> None:
    """Run the job until cancelled; when it says ``True`` there is more, and the next round begins at once."""
    while True:
        begin_work()
        try:
            more = await job.run(database)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            more = False
            if database_is_away(error):
                log.warning("database away", job=job.name)
            else:
                log.exception("periodic work failed", job=job.name)
        await asyncio.sleep(0 if more is True else job.every.total_seconds())
