"""SQL of one chunk or stage: claim, read, fence, count. Set-based, whatever the number of families."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.runs.domain import Anomaly
from preau.billing.runs.lifecycle import Status
from preau.billing.runs.tables import BillingRun
from preau.common.ids import new_id

_CLAIM = text("""
UPDATE run_chunk SET status = 'working', lease_until = clock_timestamp() + CAST(:lease AS interval)
WHERE run_id = :run_id AND number = :number AND epoch = :epoch AND status IN ('queued', 'working')
RETURNING number
""")
_FENCE = text("""
UPDATE run_chunk SET status = 'done', done_at = clock_timestamp(), lease_until = NULL
WHERE run_id = :run_id AND number = :number AND epoch = :epoch AND status IN ('queued', 'working')
RETURNING number
""")
_LOCK_ALL = text("SELECT number FROM run_chunk WHERE run_id = :run_id ORDER BY number FOR UPDATE")
_ANOMALIES = text("""
INSERT INTO run_anomaly (anomaly_id, commune_id, run_id, family_id, kind, message)
SELECT a.id, :commune_id, :run_id, a.family_id, a.kind, a.message
FROM unnest(CAST(:ids AS uuid[]), CAST(:families AS uuid[]),
    CAST(:kinds AS text[]), CAST(:messages AS text[]))
  AS a (id, family_id, kind, message)
""")
_COUNT = text("""
UPDATE billing_run SET chunks_done = chunks_done + 1, families = families + :families,
    total_cents = total_cents + :total_cents, version = version + 1
WHERE run_id = :run_id RETURNING status, chunks_done, chunks_total
""")
_STUCK = text("""
WITH stuck AS MATERIALIZED (
    SELECT c.run_id, c.number FROM run_chunk c
    WHERE c.lease_until < clock_timestamp()
        AND (c.status = 'working' OR c.status = 'queued' AND NOT EXISTS (
            SELECT 1 FROM run_chunk o
        WHERE o.done_at > clock_timestamp() - CAST(:lease AS interval)
            OR o.status = 'working' AND o.lease_until > clock_timestamp()
    ))
    ORDER BY c.lease_until LIMIT 100 FOR UPDATE SKIP LOCKED
)
UPDATE run_chunk SET epoch = epoch + 1, tries = tries + 1, status = 'queued',
    lease_until = clock_timestamp()
        + least(CAST(:lease AS interval) * (2 ^ least(epoch, 8)), interval '10 min')
FROM stuck WHERE run_chunk.run_id = stuck.run_id AND run_chunk.number = stuck.number
RETURNING run_chunk.commune_id, run_chunk.run_id, run_chunk.number, run_chunk.epoch,
    (SELECT status FROM billing_run r WHERE r.run_id = run_chunk.run_id) AS run_status
""")
_GIVE_UP_IDLE = text("SELECT set_config('idle_in_transaction_session_timeout', :milliseconds, true)")


class Chunk(NamedTuple):
    """A chunk as a message names it. The epoch grows when it is given to another worker."""

    run_id: UUID
    number: int
    epoch: int


class Progress(NamedTuple):
    """Where a run stands after a chunk or stage: so many of them are done."""

    status: Status
    done: int
    total: int


async def claim(session: AsyncSession, chunk: Chunk, lease: timedelta) -> bool:
    """Say that we compute the chunk; ``False`` if it is done or was given to another."""
    claimed = await session.execute(_CLAIM, {**chunk._asdict(), "lease": lease})
    return claimed.first() is not None


async def fence(session: AsyncSession, chunk: Chunk) -> bool:
    """Lock the chunk until commit and mark it done; ``False`` if it is no longer ours: then write nothing."""
    held = await session.execute(_FENCE, chunk._asdict())
    return held.first() is not None


async def lock_all(session: AsyncSession, run_id: UUID) -> None:
    """Lock the chunks of a run until commit, in their order; it waits for those that are being written."""
    await session.execute(_LOCK_ALL, {"run_id": run_id})


async def give_up_when_paused(session: AsyncSession, lease: timedelta) -> None:
    """Let the server end our transaction if we are paused in it: its locks must not outlive the lease."""
    await session.execute(_GIVE_UP_IDLE, {"milliseconds": str(int(lease.total_seconds() * 1000))})


async def write_anomalies(
    session: AsyncSession, run: BillingRun, anomalies: Sequence[tuple[UUID, Anomaly]]
) -> None:
    """Note what an agent should look at."""
    columns: Mapping[str, Any] = {
        "ids": [new_id() for _ in anomalies],
        "families": [family_id for family_id, _ in anomalies],
        "kinds": [anomaly.kind for _, anomaly in anomalies],
        "messages": [anomaly.message for _, anomaly in anomalies],
    }
    if anomalies:
        await session.execute(_ANOMALIES, {**columns, "run_id": run.run_id, "commune_id": run.commune_id})


async def count(session: AsyncSession, run_id: UUID, *, families: int, total_cents: int) -> Progress:
    """Add a chunk to its run. It locks the run until commit: call it last."""
    counted = await session.execute(
        _COUNT, {"run_id": run_id, "families": families, "total_cents": total_cents}
    )
    return Progress(*counted.one())


class Stuck(NamedTuple):
    """A chunk or stage that gets nowhere, with its new epoch."""

    commune_id: UUID
    chunk: Chunk
    run_status: Status


async def take_back_stuck(session: AsyncSession, lease: timedelta) -> list[Stuck]:
    """Give up chunks that get nowhere: with a new epoch, whoever held them can commit nothing.

    One that is computed is given up when its lease has passed. One that waits is given up only when no
    worker at all has got on with anything for a lease: its message may be with a worker that is paused,
    whereas behind a long queue it just has to wait. Each time its next lease is twice as long, up to ten
    minutes. Over all communes.
    """
    rows = await session.execute(_STUCK, {"lease": lease})
    return [Stuck(row.commune_id, Chunk(row.run_id, row.number, row.epoch), row.run_status) for row in rows]
