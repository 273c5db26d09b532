"""The messages that have workers compute the chunks of a run and issue its stages."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.runs import chunk_repository
from preau.billing.runs.chunk_repository import Chunk
from preau.billing.runs.issuing import stage_repository
from preau.billing.runs.lifecycle import Status
from preau.billing.runs.tables import BillingRun
from preau.common.logging import logger
from preau.common.messaging.outbox import emit
from preau.contracts.billing import RunChunkQueuedV1, RunTask

log = logger(__name__)

TASK: dict[Status, RunTask] = {"computing": "compute", "issuing": "issue"}
"""What workers do of a run by its status."""


async def send_all(session: AsyncSession, run: BillingRun, *, lease: timedelta) -> None:
    """Queue everything that is left to do of a run, with new epochs; ``lease`` is how long one may wait."""
    chunks = await stage_repository.take_up(session, run.run_id, lease)
    await send(session, run.commune_id, chunks, TASK[run.status])


async def send(session: AsyncSession, commune_id: UUID, chunks: Iterable[Chunk], task: RunTask) -> None:
    """Queue chunks to be computed, or stages to be issued."""
    await emit(session, *(_queued(commune_id, chunk, task) for chunk in chunks))


async def requeue_stuck(session: AsyncSession, lease: timedelta) -> None:
    """Queue what gets nowhere anew, with the next epoch (`chunk_repository.take_back_stuck`)."""
    for commune_id, chunk, status in await chunk_repository.take_back_stuck(session, lease):
        log.warning("chunk queued anew", run_id=str(chunk.run_id), chunk=chunk.number, epoch=chunk.epoch)
        await send(session, commune_id, [chunk], TASK[status])


def _queued(commune_id: UUID, chunk: Chunk, task: RunTask) -> RunChunkQueuedV1:
    return RunChunkQueuedV1(
        commune_id=commune_id,
        aggregate_id=chunk.run_id,
        aggregate_version=chunk.epoch,
        chunk_number=chunk.number,
        epoch=chunk.epoch,
        task=task,
    )
