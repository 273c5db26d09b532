"""Work that comes round: a failure never stops the next round, and a backlog is worked off at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import pytest

from preau.common.context import correlation_id
from preau.common.db.database import Database
from preau.common.periodic import Periodic, run_forever

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    """A database that is not asked anything here."""
    opened = Database(NOWHERE)
    yield opened
    await opened.close()


async def run_until(rounds: asyncio.Event, job: Periodic, database: Database) -> asyncio.Task[None]:
    task = asyncio.create_task(run_forever(job, database))
    try:
        async with asyncio.timeout(30):
            await rounds.wait()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return task


async def test_a_failure_does_not_stop_the_next_round(database: Database) -> None:
    failures: list[str] = []
    done = asyncio.Event()

    async def job(given: Database) -> None:
        assert given is database
        if len(failures) == 3:
            done.set()
            return
        failures.append(correlation_id.get())
        raise (ConnectionRefusedError() if len(failures) == 2 else ZeroDivisionError())

    task = await run_until(done, Periodic("fails", timedelta(milliseconds=1), job), database)
    assert task.cancelled()
    assert len(set(failures)) == 3, "each round is a piece of work of its own"


async def test_more_work_is_done_at_once(database: Database) -> None:
    left = [1, 2, 3]
    done = asyncio.Event()

    async def job(_: Database) -> bool:
        left.pop()
        if not left:
            done.set()
        return bool(left)

    async with asyncio.timeout(30):
        await run_until(done, Periodic("backlog", timedelta(hours=1), job), database)
    assert left == []
