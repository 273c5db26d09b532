"""Families that an agent keeps out of a run: what they owe waits for a complement."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.runs import queue, repository, set_aside_repository
from preau.billing.runs.issuing import stale_repository
from preau.billing.runs.service import find, take
from preau.billing.runs.tables import BillingRun
from preau.common.db.database import hot
from preau.common.errors import Conflict, NotFound


class FamilyIsBilled(Conflict):
    type, title = "family-billed", "Famille déjà facturée"


async def set_aside(session: AsyncSession, run_id: UUID, family_id: UUID, *, reason: str) -> BillingRun:
    """Keep a family out of a run: its draft goes, its charges stay open.

    Raises `NotFound`, `RunNotReady`, and `FamilyIsBilled` when the run has issued its invoice.
    """
    await take(session, run_id, "set_aside")
    if await set_aside_repository.is_billed(session, run_id, family_id):
        raise FamilyIsBilled("La facture de cette famille est déjà émise.")
    if not await set_aside_repository.set_aside(session, run_id, family_id, reason):
        raise NotFound("Cette famille n’est pas de cette facturation.")
    gone = await set_aside_repository.delete_draft(session, run_id, family_id)
    return await repository.add_to_totals(session, run_id, families=-gone.drafts, cents=-gone.cents)


async def bring_back(session: AsyncSession, run_id: UUID, family_id: UUID, *, lease: timedelta) -> BillingRun:
    """Take a family up again: its chunk is computed anew. Nothing happens to one that was not set aside.

    Raises `NotFound`, `RunNotReady`.
    """
    run, status = await take(session, run_id, "recompute")
    number = await set_aside_repository.bring_back(session, run_id, family_id)
    if number is None:
        return run
    chunks = await stale_repository.take_back(hot(session), run, [number], status=status, lease=lease)
    await queue.send(session, run.commune_id, chunks, "compute")
    return await find(session, run_id)
