"""Following a run while workers are at it."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

from preau.billing.runs import repository
from preau.billing.runs.lifecycle import MOVING
from preau.billing.runs.tables import BillingRun
from preau.common.http.unit_of_work import UnitOfWork

LOOKS = 40
LOOK_SECONDS = 0.5
"""Whoever follows longer asks again: a permission that was taken back ends within 20 seconds."""


async def follow(work: UnitOfWork, run_id: UUID) -> AsyncGenerator[BillingRun]:
    """A run each time it has got on, from where it stands to where it no longer moves by itself."""
    seen = None
    for _ in range(LOOKS):
        async with work.begin() as session:
            run = await repository.run(session, run_id)
        if run is None:
            return
        if run.version != seen:
            yield run
        seen = run.version
        if run.status not in MOVING:
            return
        await asyncio.sleep(LOOK_SECONDS)
