"""What a worker does with a chunk that it claimed: price its families, write the drafts, commit once.

No lock is held while it reads and prices. The fence comes just before the first write: a worker that was
paused or cut off, and whose chunk was given to another meanwhile, finds another epoch and writes nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import calendar
from preau.billing.copies import repository as copies
from preau.billing.invoices.corrections import UNNAMED
from preau.billing.invoices.domain import Draft, Issuer, total
from preau.billing.invoices.draft_repository import write_drafts
from preau.billing.invoices.service import issuer_of
from preau.billing.regies import repository as regies
from preau.billing.runs import chunk_repository, repository
from preau.billing.runs.chunk_repository import Chunk
from preau.billing.runs.computing import work_draft_repository, work_repository
from preau.billing.runs.computing.one_by_one import KnownFamily, known_families
from preau.billing.runs.computing.pricing import PricedKeys, RunPrices, found_of, priced_keys
from preau.billing.runs.domain import Anomaly, ChargeState, anomalies_of, unknown_family
from preau.billing.runs.lifecycle import RUN
from preau.billing.runs.tables import BillingRun
from preau.billing.tariffs.frozen import thaw
from preau.common.db.database import hot
from preau.common.db.driver import DriverTransaction
from preau.common.ids import new_id
from preau.common.messaging.consumer import Rejected


class Worked(NamedTuple):
    """A chunk that is drawn up: set-based drafts stand in the transaction's own tables."""

    issuer: Issuer
    keys: PricedKeys
    drafts: Sequence[Draft]
    """Those of families of which something was billed before."""
    known: Sequence[KnownFamily]


async def compute(session: AsyncSession, chunk: Chunk, lease: timedelta) -> bool:
    """Price a chunk and write its drafts in the caller's transaction; ``False`` if it is no longer ours."""
    await chunk_repository.give_up_when_paused(session, lease)
    run = await repository.run(session, chunk.run_id)
    if run is None:
        raise Rejected("the run does not exist")
    worked = await work_out(session, run, chunk)
    if not await chunk_repository.fence(session, chunk):
        return False
    await write(session, run, worked)
    count, cents = await work_draft_repository.totals(hot(session))
    progress = await chunk_repository.count(
        session,
        run.run_id,
        families=count + len(worked.drafts),
        total_cents=cents + total(worked.drafts),
    )
    if progress.done == progress.total:
        await repository.finish(session, run.run_id, status=RUN.move(progress.status, "finish"))
    return True


async def work_out(session: AsyncSession, run: BillingRun, chunk: Chunk) -> Worked:
    """Gather the chunk's charges, price their distinct keys, and draw up the drafts; nothing is written."""
    regie = await regies.regie(session, run.regie_id)
    if regie is None:
        raise Rejected("the régie does not exist")
    commune = await copies.commune(session, run.commune_id)
    issuer = issuer_of(commune, regie)
    zone = commune.time_zone if commune else calendar.DEFAULT_ZONE
    stated = [
        (activity_id, tariff)
        for activity_id, tariffs in thaw(run.tariffs).tariffs.items()
        for tariff in tariffs
    ]
    prices = RunPrices([tariff.definition for _, tariff in stated], found_of(run.run_id))
    work = hot(session)
    scope = await work_repository.lay_out(work, run, chunk.number, zone, stated)
    await work_repository.gather(work, scope)
    found = await work_repository.keys(work)
    keys = await asyncio.to_thread(priced_keys, found, prices)
    await work_repository.take_one_by_one(work, keys.one_by_one)
    await work_draft_repository.draw_up(work, keys, UNNAMED)
    billed = await work_repository.one_by_one(work)
    rows = await work_repository.known(work, scope) if billed else []
    families = await asyncio.to_thread(known_families, billed, rows, prices)
    drafts = [_draft(run, issuer, family) for family in families if family.lines]
    return Worked(issuer, keys, drafts, families)


async def write(session: AsyncSession, run: BillingRun, worked: Worked) -> None:
    """Write what was drawn up in the same transaction, and what is odd about it."""
    work, issuer = hot(session), worked.issuer
    await work_draft_repository.write(work, run, to_json(asdict(issuer)).decode(), issuer.regie_label)
    await write_drafts(session, worked.drafts)
    seen = {family.family_id: family.fingerprint for family in worked.known}
    await work_draft_repository.remember(work, run, seen)
    anomalies = await _anomalies(work, worked)
    if run.kind == "month_end":
        anomalies += await work_draft_repository.far(work, run)
    await chunk_repository.write_anomalies(session, run, anomalies)


async def _anomalies(work: DriverTransaction, worked: Worked) -> list[tuple[UUID, Anomaly]]:
    odd = await work_draft_repository.odd(work, worked.keys.missing)
    totals = dict(odd.nothing_due)
    states: dict[UUID, list[ChargeState]] = {}
    for family_id, *state in odd.charges:
        states.setdefault(family_id, []).append(ChargeState(*state))
    found = [(family_id, unknown_family(charges)) for family_id, charges in odd.unknown]
    for family_id in sorted(states.keys() | totals.keys()):
        own = anomalies_of(states.get(family_id, ()), totals.get(family_id))
        found += [(family_id, anomaly) for anomaly in own]
    for family in worked.known:
        found += [(family.family_id, anomaly) for anomaly in family.anomalies]
    return found


def _draft(run: BillingRun, issuer: Issuer, family: KnownFamily) -> Draft:
    return Draft(
        invoice_id=new_id(),
        commune_id=run.commune_id,
        regie_id=run.regie_id,
        family_id=family.family_id,
        kind=run.kind,
        period=run.period,
        addressee=family.addressee,
        issuer=issuer,
        lines=family.lines,
        run_id=run.run_id,
        charges_seen=family.fingerprint,
    )
