"""Beginning, issuing and discarding runs."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import repository as copies
from preau.billing.invoices import service as invoicing
from preau.billing.regies import repository as regies
from preau.billing.runs import chunks, repository
from preau.billing.runs.domain import IllegalMove, RunKind, month_before, month_of, move
from preau.billing.runs.tables import BillingRun
from preau.billing.tariffs import repository as tariffs
from preau.billing.tariffs.frozen import freeze
from preau.common.db.database import Database
from preau.common.errors import Conflict, NotFound
from preau.common.ids import new_id
from preau.common.logging import logger
from preau.common.messaging.outbox import emit
from preau.contracts.billing import RunChunkQueuedV1

log = logger(__name__)

_TAKE_TIME = text(
    "SELECT set_config('statement_timeout', '60s', true), set_config('lock_timeout', '10s', true)"
)


class RunExists(Conflict):
    type, title = "run-exists", "Facturation déjà lancée"


class RunNotReady(Conflict):
    type, title = "run-not-ready", "Facturation dans un autre état"


async def begin(
    session: AsyncSession,
    *,
    commune_id: UUID,
    regie_id: UUID,
    period: str,
    kind: RunKind,
    size: int,
    lease: timedelta,
) -> BillingRun:
    """Freeze the tariffs and the families of a month and queue its chunks of ``size`` families.

    Raises `NotFound` for a régie that does not exist, `RunExists` when a run is live, or when the month end
    is issued: then a complement bills what came after.
    """
    if await regies.regie(session, regie_id) is None:
        raise NotFound("Cette régie n’existe pas.")
    await session.execute(_TAKE_TIME)
    activities = await copies.activities_of_regie(session, regie_id)
    run = await repository.begin(
        session,
        {
            "run_id": new_id(),
            "commune_id": commune_id,
            "regie_id": regie_id,
            "period": period,
            "kind": kind,
            "status": "computing",
            "tariffs": freeze(await tariffs.in_force(session, activities)),
            "previous_total_cents": await repository.issued_total(session, regie_id, month_before(period)),
        },
    )
    if run is None:
        raise await _exists(session, regie_id, period, kind)
    count = await repository.freeze_families(session, run, month_of(period), size=size)
    await repository.make_chunks(session, run, count, lease)
    await emit(session, *(_queued(commune_id, chunks.Chunk(run.run_id, n, 1)) for n in range(1, count + 1)))
    if count == 0:
        await repository.finish(session, run.run_id, status=move(run.status, "finish"))
    return await repository.change(session, run.run_id, chunks_total=count)


async def issue(session: AsyncSession, run_id: UUID) -> BillingRun:
    """Number the run's drafts, tell of them, and close the run. Raises `NotFound`, `RunNotReady`."""
    await session.execute(_TAKE_TIME)
    run = await _hold(session, run_id)
    status = _move(run, "issue")
    regie = await regies.regie(session, run.regie_id)
    if regie is None:
        raise NotFound("Cette régie n’existe pas.")
    ids = await repository.drafts(session, run_id)
    run = await repository.change(session, run_id, status=status, issued_at=func.clock_timestamp())
    issued = await invoicing.issue(session, regie, ids, due_days=regie.due_days)
    await invoicing.publish(session, issued, aggregate_id=run_id)
    return run


async def discard(session: AsyncSession, run_id: UUID) -> BillingRun:
    """Throw the preview away; its charges stay open. Raises `NotFound`, `RunNotReady`."""
    await session.execute(_TAKE_TIME)
    await repository.fence_off(session, run_id)
    run = await _hold(session, run_id)
    status = _move(run, "discard")
    await repository.delete_drafts(session, run_id)
    return await repository.change(session, run_id, status=status)


async def take_over_stuck(database: Database, lease: timedelta) -> None:
    """Queue anew, with the next epoch, the chunks that get nowhere (`chunks.take_back_stuck`)."""
    async with database.system_transaction() as session:
        stuck = await chunks.take_back_stuck(session, lease)
        for _, chunk in stuck:
            log.warning("chunk queued anew", run_id=str(chunk.run_id), chunk=chunk.number, epoch=chunk.epoch)
        await emit(session, *(_queued(commune_id, chunk) for commune_id, chunk in stuck))


def _queued(commune_id: UUID, chunk: chunks.Chunk) -> RunChunkQueuedV1:
    return RunChunkQueuedV1(
        commune_id=commune_id,
        aggregate_id=chunk.run_id,
        aggregate_version=chunk.epoch,
        chunk_number=chunk.number,
        epoch=chunk.epoch,
    )


async def _hold(session: AsyncSession, run_id: UUID) -> BillingRun:
    run = await repository.run(session, run_id, lock=True)
    if run is None:
        raise NotFound("Cette facturation n’existe pas.")
    return run


def _move(run: BillingRun, action: Any) -> str:
    try:
        return move(run.status, action)
    except IllegalMove as error:
        raise RunNotReady(
            f"La facturation est à l’état « {run.status} ».", run_id=str(run.run_id), run_status=run.status
        ) from error


async def _exists(session: AsyncSession, regie_id: UUID, period: str, kind: RunKind) -> RunExists:
    other = await repository.in_the_way(session, regie_id, period, kind)
    if other is None or other.status != "issued":
        return RunExists(
            f"Une facturation de cette régie est déjà en cours pour {period}.",
            run_id=str(other.run_id) if other else None,
            run_status=other.status if other else None,
        )
    return RunExists(
        f"La facturation de {period} est émise : lancez un complément.",
        run_id=str(other.run_id),
        run_status=other.status,
    )
