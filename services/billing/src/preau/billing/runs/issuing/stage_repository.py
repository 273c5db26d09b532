"""SQL of a run's stages: queueing and halting them, what is left."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.tables import Invoice
from preau.billing.runs.chunk_repository import Chunk, Progress
from preau.common.money import Cents

_OPEN_STAGES = text("UPDATE run_chunk SET status = 'paused', done_at = NULL WHERE run_id = :run_id")
_TAKE_UP = text("""
UPDATE run_chunk SET epoch = epoch + 1, tries = 0, status = 'queued',
    lease_until = clock_timestamp() + CAST(:lease AS interval)
WHERE run_id = :run_id AND status <> 'done' RETURNING number, epoch
""")
_HALT = text("""
UPDATE run_chunk SET epoch = epoch + 1, status = 'paused', lease_until = NULL
WHERE run_id = :run_id AND status <> 'done'
""")
_COUNT = text("""
UPDATE billing_run SET stages_done = stages_done + 1, invoices_issued = invoices_issued + :issued,
    families_carried = families_carried + :drafts, carried_cents = carried_cents + :cents,
    families = families - :drafts, total_cents = total_cents - :cents,
    version = version + 1
WHERE run_id = :run_id RETURNING status, stages_done, chunks_total
""")
_OF_DRAFTS = select(
    func.count(),
    func.coalesce(func.sum(Invoice.total_cents), 0),
    func.count().filter(Invoice.total_cents < 0),
)


class Left(NamedTuple):
    """Drafts that are not issued, and their cents; ``in_favour`` of them ask for less than nothing."""

    drafts: int
    cents: Cents
    in_favour: int = 0


async def open_stages(session: AsyncSession, run_id: UUID) -> None:
    """What is computed is to be issued: nothing of it is done, and nothing queued yet."""
    await session.execute(_OPEN_STAGES, {"run_id": run_id})


async def take_up(session: AsyncSession, run_id: UUID, lease: timedelta) -> list[Chunk]:
    """The chunks or stages that are not done, in their order, each with a new epoch."""
    rows = await session.execute(_TAKE_UP, {"run_id": run_id, "lease": lease})
    return sorted(Chunk(run_id, row.number, row.epoch) for row in rows)


async def halt(session: AsyncSession, run_id: UUID) -> None:
    """Take what is not done from the workers: who computes a chunk can commit nothing."""
    await session.execute(_HALT, {"run_id": run_id})


async def count(session: AsyncSession, run_id: UUID, *, issued: int, carried: Left) -> Progress:
    """Add a stage to its run: what is carried over is no longer of it. It locks the run until commit: call it
    last."""
    counted = await session.execute(_COUNT, {"run_id": run_id, "issued": issued, **carried._asdict()})
    return Progress(*counted.one())


async def left(session: AsyncSession, run_id: UUID) -> Left:
    """What is not issued of a run."""
    row = await session.execute(_OF_DRAFTS.where(Invoice.run_id == run_id, Invoice.status == "draft"))
    return Left(*row.one())
