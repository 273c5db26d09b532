"""Small amounts of a stage: carried over to the next month's end instead of issued."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.ledger import repository as ledger
from preau.billing.ledger.domain import Holder
from preau.billing.runs.issuing import carry_repository
from preau.billing.runs.issuing.stage_repository import Left
from preau.billing.runs.issuing.stale_repository import DraftOfStage
from preau.billing.runs.tables import BillingRun
from preau.common.db.database import hot


async def hold(session: AsyncSession, run: BillingRun, stage: int) -> None:
    """Hold the accounts of a stage's families where another run may bill the same days."""
    families = await carry_repository.families_to_hold(hot(session), run, stage)
    await ledger.lock(session, {Holder(run.commune_id, run.regie_id, family_id) for family_id in families})


async def carry_over(
    session: AsyncSession, run: BillingRun, stage: int, drafts: Sequence[DraftOfStage]
) -> tuple[list[UUID], Left]:
    """Carry the small ones of ``drafts`` over, and end the months that the run took up.

    The drafts to issue, in their order, and how many were carried over with how much.
    """
    work = hot(session)
    small = [draft for draft in drafts if draft.is_small]
    await carry_repository.end(
        work,
        run,
        stage,
        small=[draft.family_id for draft in small],
        billed=[draft.family_id for draft in drafts if not draft.is_small],
    )
    carried = await carry_repository.carry(work, run, [draft.invoice_id for draft in small])
    ids = [draft.invoice_id for draft in drafts if draft.family_id not in carried]
    return ids, Left(len(carried), sum(carried.values()))
