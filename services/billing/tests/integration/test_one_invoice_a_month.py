"""One live invoice a régie, family and period, whatever goes on at once."""

import asyncio
from datetime import date
from uuid import UUID

import pytest
from asyncpg import UniqueViolationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing import demo
from preau.billing.runs import repository
from preau.billing.runs.chunk_repository import Chunk
from preau.billing.runs.computing import service as computing
from preau.testing.lock_waits import lock_waits


async def a_run(town, family) -> UUID:
    """A month's run of one chunk for the family, not computed yet."""
    await town.order(family, town.booking(family, date(2026, 3, 2)))
    return UUID((await town.begin_run()).json()["run_id"])


async def test_two_runs_that_write_the_same_month_leave_one_invoice(town):
    """Guard: the unique index ``uq_invoice_month_end``, behind those of the runs and the fence of a chunk.

    A run was discarded, but a worker got round its fence and writes its drafts beside those of the next run.
    """
    martin = await town.household("Martin")
    discarded = await a_run(town, martin)
    answer = await town.service.client.post(f"/agent/runs/{discarded}/discard", headers=town.agent)
    assert answer.status_code == 200, answer.text
    following = await a_run(town, martin)

    async def write(session: AsyncSession, run_id: UUID) -> None:
        run = await repository.run(session, run_id)
        assert run is not None
        await computing.write(session, run, await computing.work_out(session, run, Chunk(run_id, 1, 1)))

    async def late() -> None:
        async with town.service.database.transaction(demo.JOLIEVILLE) as session:
            await write(session, discarded)

    async with lock_waits(town.service.database) as waits:
        async with town.service.database.transaction(demo.JOLIEVILLE) as session:
            await write(session, following)
            racer = asyncio.create_task(late())
            await waits.until()
        with pytest.raises(UniqueViolationError, match="uq_invoice_month_end"):
            await racer
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        runs = await session.scalars(text("SELECT run_id FROM invoice WHERE kind = 'month_end'"))
        assert list(runs) == [following]
