"""Chunks and stages of runs, as workers receive them."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.runs import chunk_repository
from preau.billing.runs.chunk_repository import Chunk
from preau.billing.runs.computing import service as computing
from preau.billing.runs.issuing import service as issuing
from preau.common.db.database import database_of
from preau.common.logging import logger
from preau.common.messaging.consumer import Handler
from preau.contracts.billing import RunChunkQueuedV1

log = logger(__name__)

_TASKS = {"compute": computing.compute, "issue": issuing.issue}


def chunk_handler(lease: timedelta) -> Handler:
    """Computes a chunk, or issues a stage, within ``lease``, unless it is done or another worker's."""

    async def work_on_chunk(session: AsyncSession, event: RunChunkQueuedV1) -> None:
        chunk = Chunk(event.aggregate_id, event.chunk_number, event.epoch)
        if not await _claim(session, event, chunk, lease):
            log.info("chunk is done or another's", run_id=str(chunk.run_id), chunk=chunk.number)
        elif not await _TASKS[event.task](session, chunk, lease):
            log.warning("chunk was taken over", run_id=str(chunk.run_id), chunk=chunk.number)

    return work_on_chunk


async def _claim(session: AsyncSession, event: RunChunkQueuedV1, chunk: Chunk, lease: timedelta) -> bool:
    """Claim in a short transaction of its own, so that the lease is seen while we compute."""
    async with database_of(session).transaction(event.commune_id) as own:
        return await chunk_repository.claim(own, chunk, lease)
