"""SQL of lists: the runs with their filters and orders, what looks odd in one, whom it lacks."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.tables import Invoice
from preau.billing.runs.lifecycle import Status
from preau.billing.runs.set_aside_repository import UNKNOWN
from preau.billing.runs.tables import BillingRun, RunAnomaly, RunChunk, RunFamily
from preau.common.db.filters import equal
from preau.common.db.keyset import Keyset, PageRequest
from preau.contracts.billing import RunTask

TRIES = 2
"""How often a chunk was given up when an agent is told of its families."""

RUNS = Keyset(
    BillingRun.run_id,
    default="-begun",
    keys={"begun": BillingRun.run_id, "period": BillingRun.period, "total": BillingRun.total_cents},
)


async def listed(
    session: AsyncSession,
    asked: PageRequest,
    *,
    regie_id: UUID | None,
    status: Sequence[Status] | None,
    period: str | None,
) -> tuple[list[BillingRun], str | None]:
    """A page of the commune's runs, with the cursor of the next one."""
    query = select(BillingRun).where(*equal((BillingRun.regie_id, regie_id), (BillingRun.period, period)))
    if status:
        query = query.where(BillingRun.status.in_(status))
    return await RUNS.entities(session, query, asked)


async def anomalies(session: AsyncSession, run_id: UUID) -> list[tuple[RunAnomaly, str, UUID | None]]:
    """What looks odd in a run, with the families' labels and their invoices of the run; the first 1000."""
    found = await session.execute(
        select(RunAnomaly, RunFamily.label, Invoice.invoice_id)
        .join(
            RunFamily, (RunFamily.run_id == RunAnomaly.run_id) & (RunFamily.family_id == RunAnomaly.family_id)
        )
        .outerjoin(
            Invoice, (Invoice.run_id == RunAnomaly.run_id) & (Invoice.family_id == RunAnomaly.family_id)
        )
        .where(RunAnomaly.run_id == run_id)
        .order_by(RunAnomaly.kind, RunFamily.label, RunAnomaly.anomaly_id)
        .limit(1000)
    )
    return [(anomaly, label or UNKNOWN, invoice_id) for anomaly, label, invoice_id in found]


class Lacking(NamedTuple):
    """A family whose chunk or stage was given up again and again: its run lacks it."""

    family_id: UUID
    family_label: str


async def lacking(session: AsyncSession, run: BillingRun, tasks: RunTask) -> list[Lacking]:
    """The first 1000 families of the chunks or stages of a run that workers fail at."""
    place = RunFamily.chunk_number if tasks == "compute" else RunFamily.stage
    found = await session.execute(
        select(RunFamily.family_id, RunFamily.label)
        .join(RunChunk, (RunChunk.run_id == RunFamily.run_id) & (RunChunk.number == place))
        .where(
            RunFamily.run_id == run.run_id,
            RunFamily.set_aside.is_(None),
            RunChunk.status != "done",
            RunChunk.tries >= TRIES,
        )
        .order_by(RunFamily.label, RunFamily.family_id)
        .limit(1000)
    )
    return [Lacking(family_id, label or UNKNOWN) for family_id, label in found]
