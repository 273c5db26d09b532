"""What a worker does with a chunk: claim it, price its families, write the drafts, commit once.

No lock is held while it reads and prices. The fence comes just before the first write: a worker that was
paused or cut off, and whose chunk was given to another meanwhile, finds another epoch and writes nothing.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from preau.billing.copies import repository as copies
from preau.billing.copies.families import Family
from preau.billing.invoices.domain import BilledCharge, Draft, Issuer, Kind, lines_of, total
from preau.billing.invoices.drafts import write_drafts
from preau.billing.regies import repository as regies
from preau.billing.runs import chunks, repository
from preau.billing.runs.chunks import Chunk
from preau.billing.runs.domain import Anomaly, OpenCharge, bill, month_of, move
from preau.billing.runs.tables import BillingRun
from preau.billing.settings import BillingSettings
from preau.billing.tariffs.frozen import thaw
from preau.common.db.database import set_tenant
from preau.common.ids import new_id
from preau.common.logging import logger
from preau.common.messaging.consumer import Rejected, Subscription
from preau.contracts import topology
from preau.contracts.billing import RunChunkQueuedV1

log = logger(__name__)


async def compute(session: AsyncSession, chunk: Chunk, lease: timedelta) -> bool:
    """Price a chunk and write its drafts in the caller's transaction; ``False`` if it is no longer ours."""
    await chunks.give_up_when_paused(session, lease)
    run = await repository.run(session, chunk.run_id)
    if run is None:
        raise Rejected("the run does not exist")
    drafts, anomalies = await _price(session, run, chunk)
    if not await chunks.fence(session, chunk):
        return False
    await write_drafts(session, drafts)
    await chunks.write_anomalies(session, run, anomalies)
    progress = await chunks.count(session, run.run_id, families=len(drafts), total_cents=total(drafts))
    if progress.chunks_done == progress.chunks_total:
        await repository.finish(session, run.run_id, status=move(progress.status, "finish"))
    return True


async def _price(
    session: AsyncSession, run: BillingRun, chunk: Chunk
) -> tuple[list[Draft], list[tuple[UUID, Anomaly]]]:
    regie = await regies.regie(session, run.regie_id)
    if regie is None:
        raise Rejected("the régie does not exist")
    commune = await copies.commune(session, run.commune_id)
    issuer = Issuer(
        commune.name if commune else "",
        regie.label,
        commune.contact_email if commune else "",
        commune.contact_phone if commune else "",
    )
    charges = await chunks.open_charges(session, run, chunk, month_of(run.period))
    families = await chunks.families(session, chunk)
    return await asyncio.to_thread(_bill_all, run, issuer, families, charges)


def _bill_all(
    run: BillingRun,
    issuer: Issuer,
    families: Sequence[tuple[UUID, dict[str, Any] | None]],
    charges: Mapping[UUID, Sequence[OpenCharge]],
) -> tuple[list[Draft], list[tuple[UUID, Anomaly]]]:
    """The drafts of a chunk; it takes a good part of a second, hence a thread."""
    tariffs = thaw(run.tariffs)
    drafts: list[Draft] = []
    anomalies: list[tuple[UUID, Anomaly]] = []
    for family_id, record in families:
        family = Family(record) if record else None
        made = bill(family, charges.get(family_id, ()), tariffs)
        anomalies += [(family_id, anomaly) for anomaly in made.anomalies]
        if family and made.charges:
            drafts.append(_draft(run, issuer, family_id, family, made.charges))
    return drafts, anomalies


def _draft(
    run: BillingRun, issuer: Issuer, family_id: UUID, family: Family, charges: Sequence[BilledCharge]
) -> Draft:
    return Draft(
        invoice_id=new_id(),
        commune_id=run.commune_id,
        regie_id=run.regie_id,
        family_id=family_id,
        kind=cast(Kind, run.kind),
        period=run.period,
        addressee=family.addressee,
        issuer=issuer,
        lines=lines_of(charges),
        run_id=run.run_id,
    )


async def _claim(session: AsyncSession, event: RunChunkQueuedV1, chunk: Chunk, lease: timedelta) -> bool:
    """Claim in a short transaction of its own, so that the lease is seen while we compute."""
    engine = session.bind
    if not isinstance(engine, AsyncEngine):
        raise TypeError("the session is not bound to an engine")
    async with AsyncSession(engine) as own, own.begin():
        await set_tenant(own, commune=event.commune_id)
        return await chunks.claim(own, chunk, lease)


def chunk_subscription(settings: BillingSettings) -> Subscription:
    """The consumer of a run's chunks."""
    lease = settings.chunk_lease

    async def handle(session: AsyncSession, event: RunChunkQueuedV1) -> None:
        chunk = Chunk(event.aggregate_id, event.chunk_number, event.epoch)
        if not await _claim(session, event, chunk, lease):
            log.info("chunk is done or another's", run_id=str(chunk.run_id), chunk=chunk.number)
        elif not await compute(session, chunk, lease):
            log.warning("chunk was taken over", run_id=str(chunk.run_id), chunk=chunk.number)

    return Subscription(queue=topology.BILLING_RUN_CHUNKS, handlers={RunChunkQueuedV1: handle})
