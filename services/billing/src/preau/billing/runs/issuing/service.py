"""What a worker does with a stage that it claimed: issue the drafts that still are so, commit once.

The fence comes first: the stage is ours until commit, and nobody else writes its numbers. A draft of which
something changed since it was made is left as it is, and one that asks for little is carried over where the
run does.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices import service as invoicing
from preau.billing.regies import repository as regies
from preau.billing.runs import chunk_repository, repository
from preau.billing.runs.chunk_repository import Chunk
from preau.billing.runs.issuing import carrying, stage_repository, stale_repository
from preau.billing.runs.lifecycle import RUN, Status
from preau.common.db.database import hot
from preau.common.messaging.consumer import Rejected


async def issue(session: AsyncSession, stage: Chunk, lease: timedelta) -> bool:
    """Issue a stage in the caller's transaction; ``False`` if it is no longer ours.

    Emits `InvoiceIssuedV1`. With the last stage the run is issued, or a preview again of what was left.
    """
    await chunk_repository.give_up_when_paused(session, lease)
    if not await chunk_repository.fence(session, stage):
        return False
    run = await repository.run(session, stage.run_id)
    regie = await regies.regie(session, run.regie_id) if run else None
    if run is None or regie is None:
        raise Rejected("the run or its régie does not exist")
    await carrying.hold(session, run, stage.number)
    drafts = await stale_repository.drafts_of_stage(hot(session), run, stage.number)
    ready = [draft for draft in drafts if not draft.is_stale]
    ids, carried = await carrying.carry_over(session, run, stage.number, ready)
    await invoicing.issue(session, regie, ids, due_days=regie.due_days, aggregate_id=run.run_id)
    progress = await stage_repository.count(session, run.run_id, issued=len(ids), carried=carried)
    if progress.done == progress.total:
        await _end(session, run.run_id, progress.status)
    return True


async def _end(session: AsyncSession, run_id: UUID, status: Status) -> None:
    if (await stage_repository.left(session, run_id)).drafts:
        await repository.finish(session, run_id, status=RUN.move(status, "leave"))
    else:
        await repository.close(session, run_id, status=RUN.move(status, "complete"))
