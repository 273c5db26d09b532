"""What a worker does with a chunk that it claimed: price its families, write the drafts, commit once.

No lock is held while it reads and prices. The fence comes just before the first write: a worker that was
paused or cut off, and whose chunk was given to another meanwhile, finds another epoch and writes nothing.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import repository as copies
from preau.billing.copies.families import FamilyRecord
from preau.billing.invoices.domain import BilledCharge, Draft, Issuer, addressee_of, lines_of, total
from preau.billing.invoices.draft_repository import write_drafts
from preau.billing.invoices.service import issuer_of
from preau.billing.regies import repository as regies
from preau.billing.runs import chunk_repository, repository
from preau.billing.runs.chunk_repository import Chunk
from preau.billing.runs.domain import Anomaly, OpenCharge, bill, month_of
from preau.billing.runs.lifecycle import RUN
from preau.billing.runs.tables import BillingRun
from preau.billing.tariffs.frozen import thaw
from preau.common.ids import new_id
from preau.common.logging import logger
from preau.common.messaging.consumer import Rejected
from preau.common.messaging.outbox import emit
from preau.contracts.billing import RunChunkQueuedV1

log = logger(__name__)


async def compute(session: AsyncSession, chunk: Chunk, lease: timedelta) -> bool:
    """Price a chunk and write its drafts in the caller's transaction; ``False`` if it is no longer ours."""
    await chunk_repository.give_up_when_paused(session, lease)
    run = await repository.run(session, chunk.run_id)
    if run is None:
        raise Rejected("the run does not exist")
    drafts, anomalies = await _price(session, run, chunk)
    if not await chunk_repository.fence(session, chunk):
        return False
    await write_drafts(session, drafts)
    await chunk_repository.write_anomalies(session, run, anomalies)
    progress = await chunk_repository.count(
        session, run.run_id, families=len(drafts), total_cents=total(drafts)
    )
    if progress.chunks_done == progress.chunks_total:
        await repository.finish(session, run.run_id, status=RUN.move(progress.status, "finish"))
    return True


async def _price(
    session: AsyncSession, run: BillingRun, chunk: Chunk
) -> tuple[list[Draft], list[tuple[UUID, Anomaly]]]:
    regie = await regies.regie(session, run.regie_id)
    if regie is None:
        raise Rejected("the régie does not exist")
    commune = await copies.commune(session, run.commune_id)
    issuer = issuer_of(commune, regie)
    charges = await chunk_repository.open_charges(session, run, chunk, month_of(run.period))
    families = await chunk_repository.families(session, chunk)
    return await asyncio.to_thread(_bill_all, run, issuer, families, charges)


def _bill_all(
    run: BillingRun,
    issuer: Issuer,
    families: Sequence[tuple[UUID, dict[str, Any] | None]],
    charges: Mapping[UUID, Sequence[OpenCharge]],
) -> tuple[list[Draft], list[tuple[UUID, Anomaly]]]:
    """The drafts of a chunk; it takes a good part of a second, hence a thread."""
    prices = thaw(run.tariffs)
    drafts: list[Draft] = []
    anomalies: list[tuple[UUID, Anomaly]] = []
    for family_id, record in families:
        family = FamilyRecord(record) if record else None
        made = bill(family, charges.get(family_id, ()), prices)
        anomalies += [(family_id, anomaly) for anomaly in made.anomalies]
        if family and made.charges:
            drafts.append(_draft(run, issuer, family_id, family, made.charges))
    return drafts, anomalies


def _draft(
    run: BillingRun, issuer: Issuer, family_id: UUID, family: FamilyRecord, charges: Sequence[BilledCharge]
) -> Draft:
    return Draft(
        invoice_id=new_id(),
        commune_id=run.commune_id,
        regie_id=run.regie_id,
        family_id=family_id,
        kind=run.kind,
        period=run.period,
        addressee=addressee_of(family),
        issuer=issuer,
        lines=lines_of(charges),
        run_id=run.run_id,
    )


async def requeue_stuck(session: AsyncSession, lease: timedelta) -> None:
    """Queue the chunks that get nowhere anew, with the next epoch (`chunk_repository.take_back_stuck`)."""
    stuck = await chunk_repository.take_back_stuck(session, lease)
    for _, chunk in stuck:
        log.warning("chunk queued anew", run_id=str(chunk.run_id), chunk=chunk.number, epoch=chunk.epoch)
    await emit(session, *(queued(commune_id, chunk) for commune_id, chunk in stuck))


def queued(commune_id: UUID, chunk: Chunk) -> RunChunkQueuedV1:
    """The message that has a worker compute a chunk."""
    return RunChunkQueuedV1(
        commune_id=commune_id,
        aggregate_id=chunk.run_id,
        aggregate_version=chunk.epoch,
        chunk_number=chunk.number,
        epoch=chunk.epoch,
    )
