"""A chunk is computed once, whatever becomes of its worker."""

import asyncio
import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from preau.billing import demo
from preau.billing.runs import chunk_repository, repository
from preau.billing.runs.chunk_repository import Chunk
from preau.billing.runs.computing import service as computing
from preau.billing.runs.issuing import stage_repository
from preau.billing.runs.periodic import requeue_stuck_chunks
from preau.contracts.billing import RunChunkQueuedV1
from preau.testing.waiting import eventually

LEASE = timedelta(seconds=60)


async def begun_chunk(town) -> Chunk:
    """A run of one chunk that nobody has computed; its message is out of the outbox."""
    for label in ("Martin", "Durand"):
        family = await town.household(label)
        await town.order(family, town.booking(family, date(2026, 3, 2)))
    run = (await town.begin_run()).json()
    await town.service.forget_emitted()
    return Chunk(UUID(run["run_id"]), 1, 1)


async def state_of(town, chunk: Chunk) -> tuple[int, int, str]:
    """Drafts, chunks done, status of the run."""
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        run = await repository.run(session, chunk.run_id)
        assert run is not None
        left = await stage_repository.left(session, chunk.run_id)
        return left.drafts, run.chunks_done, run.status


async def lapse(town, chunk: Chunk) -> None:
    """Time passes: the lease of the chunk is over, and the periodic job comes by."""
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        await session.execute(
            text("UPDATE run_chunk SET lease_until = now() - interval '1 s' WHERE run_id = :run_id"),
            {"run_id": chunk.run_id},
        )
    await requeue_stuck_chunks(town.service.database, LEASE)


async def idle_seconds(town) -> float:
    """What ``/metrics`` says of the run that has waited longest."""
    told = (await town.service.client.get("/metrics")).text
    return float(re.search(r"^preau_billing_run_idle_seconds (\S+)$", told, re.MULTILINE)[1])


async def test_a_run_that_gets_nowhere_shows_in_the_metrics(town):
    assert await idle_seconds(town) == 0
    chunk = await begun_chunk(town)
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        before = "UPDATE billing_run SET created_at = now() - interval '1 h' WHERE run_id = :run_id"
        await session.execute(text(before), {"run_id": chunk.run_id})
    assert 3600 <= await idle_seconds(town) < 3700
    async with town.service.database.transaction(demo.JOLIEVILLE) as worker:
        assert await chunk_repository.claim(worker, chunk, LEASE)
        assert await computing.compute(worker, chunk, LEASE)
    assert await idle_seconds(town) == 0


async def test_a_stale_worker_commits_nothing(town):
    chunk = await begun_chunk(town)
    async with town.service.database.transaction(demo.JOLIEVILLE) as stale:
        assert await chunk_repository.claim(stale, chunk, LEASE)
    # The worker is paused here. Its chunk is given to another one, who computes it.
    await lapse(town, chunk)
    (queued,) = await town.service.emitted(RunChunkQueuedV1)
    assert (queued.chunk_number, queued.epoch) == (1, 2)
    await town.service.deliver(queued)
    assert await state_of(town, chunk) == (2, 1, "computed")
    # It wakes up and goes on where it was.
    async with town.service.database.transaction(demo.JOLIEVILLE) as stale:
        assert not await computing.compute(stale, chunk, LEASE)
    assert await state_of(town, chunk) == (2, 1, "computed")


async def test_a_stale_worker_that_is_faster_than_its_successor_commits_nothing(town):
    chunk = await begun_chunk(town)
    await lapse(town, chunk)
    async with town.service.database.transaction(demo.JOLIEVILLE) as stale:
        assert not await computing.compute(stale, chunk, LEASE)
    assert await state_of(town, chunk) == (0, 0, "computing")
    (queued,) = await town.service.emitted(RunChunkQueuedV1)
    await town.service.deliver(queued)
    assert await state_of(town, chunk) == (2, 1, "computed")


async def until_ended(town, connection: int) -> None:
    """Wait until the server has ended the connection of this process."""

    async def ended() -> bool:
        async with town.service.database.system_transaction() as session:
            living = text("SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = :pid")
            return (await session.execute(living, {"pid": connection})).scalar_one()

    await eventually(ended, "the paused transaction is ended", within_seconds=60, pause_seconds=0.02)


async def test_a_worker_paused_while_it_writes_loses_its_locks(town):
    chunk = await begun_chunk(town)
    with pytest.raises(DBAPIError):
        async with town.service.database.transaction(demo.JOLIEVILLE) as paused:
            connection = (await paused.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            await chunk_repository.give_up_when_paused(paused, timedelta(milliseconds=200))
            assert await chunk_repository.fence(paused, chunk)
            await until_ended(town, connection)
            await lapse(town, chunk)
            (queued,) = await town.service.emitted(RunChunkQueuedV1)
            await town.service.deliver(queued)
            await chunk_repository.count(paused, chunk.run_id, families=9, total_cents=9)
    assert await state_of(town, chunk) == (2, 1, "computed")


async def test_two_workers_with_the_same_message_write_once(town):
    chunk = await begun_chunk(town)
    queued = RunChunkQueuedV1(commune_id=demo.JOLIEVILLE, aggregate_id=chunk.run_id, chunk_number=1, epoch=1)
    await asyncio.gather(*(town.service.deliver(queued) for _ in range(4)))
    assert await state_of(town, chunk) == (2, 1, "computed")


async def test_a_chunk_that_is_waited_for_is_left_alone(town):
    await begun_chunk(town)
    await requeue_stuck_chunks(town.service.database, LEASE)
    assert await town.service.emitted(RunChunkQueuedV1) == []


async def test_a_run_discarded_under_a_worker_gets_no_drafts(town):
    chunk = await begun_chunk(town)
    discarded = await town.service.client.post(f"/agent/runs/{chunk.run_id}/discard", headers=town.agent)
    assert discarded.status_code == 200
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        assert not await computing.compute(session, chunk, LEASE)
    assert await state_of(town, chunk) == (0, 0, "discarded")


async def test_a_chunk_behind_a_long_queue_waits_its_turn(town):
    """Its message may be far back: as long as workers get on with other chunks, it is left alone."""
    chunk = await begun_chunk(town)
    other = (await town.begin_run("2026-04")).json()
    assert other["chunks_total"] == 0
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        await session.execute(
            text(
                "INSERT INTO run_chunk (run_id, number, commune_id, status, done_at)"
                " VALUES (:run_id, 1, :commune_id, 'done', now())"
            ),
            {"run_id": other["run_id"], "commune_id": demo.JOLIEVILLE},
        )
    await lapse(town, chunk)
    assert await town.service.emitted(RunChunkQueuedV1) == []
