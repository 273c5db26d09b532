"""SQL of runs: beginning one, and changing its status."""

from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.carried_months.repository import COMES_BEFORE
from preau.billing.charges.domain import BILLABLE, GIVEN_BACK
from preau.billing.invoices.lifecycle import LIVE
from preau.billing.invoices.tables import Invoice
from preau.billing.runs.chunk_repository import Chunk
from preau.billing.runs.domain import RunKind
from preau.billing.runs.lifecycle import RUN, Status
from preau.billing.runs.tables import BillingRun, RunChunk
from preau.billing.tariffs.months import Month
from preau.common.money import Cents

_FAMILIES = f"""
INSERT INTO run_family (run_id, family_id, commune_id, chunk_number, stage, label, addressee, carried_from)
SELECT :run_id, d.family_id, :commune_id,
    (row_number() OVER (ORDER BY d.family_id) - 1) / :size + :first_chunk,
    (row_number() OVER (ORDER BY lower(f.label), d.family_id) - 1) / :size + :first_chunk,
    f.label, f.addressee, d.carried_from
FROM (
    SELECT family_id, max(carried_from) AS carried_from FROM (
        SELECT c.family_id, CAST(NULL AS date) AS carried_from
        FROM charge c JOIN activity_copy a USING (activity_id)
        WHERE a.regie_id = :regie_id AND c.service_date >= :first AND c.service_date < :after
            AND c.status = ANY (CAST(:statuses AS text[]))
        UNION ALL
        SELECT k.family_id, k.first_day FROM carried_month k
        WHERE CAST(:takes_up AS boolean) AND {COMES_BEFORE}
    ) AS e GROUP BY 1
) AS d LEFT JOIN family_copy f USING (family_id)
"""  # noqa: S608 - constants only
_FREEZE_FAMILIES = text(_FAMILIES)
_FREEZE_NEWCOMERS = text(f"""
{_FAMILIES}
WHERE (SELECT true FROM run_family x WHERE x.run_id = :run_id AND x.family_id = d.family_id) IS NULL
""")  # noqa: S608 - constants only
_FREEZE_CHILDREN = text("""
INSERT INTO run_child (run_id, chunk_number, family_id, child_id, valid_from, valid_to, commune_id, name,
    residency, category, counts, rank, children, quotients)
SELECT f.run_id, f.chunk_number, p.family_id, p.child_id, p.valid_from, p.valid_to, p.commune_id, p.name,
    p.residency, p.category, p.counts, p.rank, p.children, p.quotients
FROM run_family f JOIN child_period p USING (family_id)
WHERE f.run_id = :run_id AND f.chunk_number >= :first_chunk
    AND p.valid_from < :after AND p.valid_to > coalesce(f.carried_from, :first)
""")
_MAKE_CHUNKS = text("""
INSERT INTO run_chunk (run_id, number, commune_id, epoch, status, lease_until)
SELECT :run_id, n, :commune_id, 1, 'queued', clock_timestamp() + CAST(:lease AS interval)
FROM generate_series(CAST(:first_chunk AS integer), :last_chunk) AS n
""")
IDLE_SECONDS = """
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - greatest(r.created_at, c.done_at))), 0)
FROM billing_run r
LEFT JOIN LATERAL (SELECT max(done_at) AS done_at FROM run_chunk WHERE run_id = r.run_id) AS c ON true
WHERE r.status IN ('computing', 'issuing')
"""
"""For how long the run that has waited longest had no chunk done, over all communes."""
_EXTEND_TIMEOUTS = text(
    "SELECT set_config('statement_timeout', '60s', true), set_config('lock_timeout', '10s', true)"
)


async def extend_timeouts(session: AsyncSession) -> None:
    """Allow the rest of the transaction the time that a whole run takes: 60 s a statement, 10 s a lock."""
    await session.execute(_EXTEND_TIMEOUTS)


async def begin(session: AsyncSession, values: dict[str, Any]) -> BillingRun | None:
    """A new run, or ``None`` if one stands in its way (see the table's unique indexes)."""
    sequence = (
        select(func.coalesce(func.max(BillingRun.sequence), 0) + 1)
        .where(
            BillingRun.regie_id == values["regie_id"],
            BillingRun.period == values["period"],
            BillingRun.kind == values["kind"],
        )
        .scalar_subquery()
    )
    statement = insert(BillingRun).values(**values, sequence=sequence, chunks_total=0)
    return await session.scalar(statement.on_conflict_do_nothing().returning(BillingRun))


async def freeze_families(session: AsyncSession, run: BillingRun, month: Month, *, size: int) -> int:
    """Copy the families with something in the month, as they stand; the number of chunks of ``size``.

    A month's end takes up those of which months before were carried over, with their days. Of a run that has
    chunks, those are added that came since.
    Stages are as many: each has the families whose labels follow one another.
    """
    names = {
        "run_id": run.run_id,
        "first": month.first,
        "after": month.after,
        "first_chunk": run.chunks_total + 1,
    }
    frozen: Any = await session.execute(
        _FREEZE_NEWCOMERS if run.chunks_total else _FREEZE_FAMILIES,
        {
            **names,
            "takes_up": run.kind == "month_end",
            "regie_id": run.regie_id,
            "period": run.period,
            "commune_id": run.commune_id,
            "size": size,
            "statuses": sorted(BILLABLE | GIVEN_BACK),
        },
    )
    await session.execute(_FREEZE_CHILDREN, names)
    return -(-frozen.rowcount // size)


async def make_chunks(
    session: AsyncSession, run: BillingRun, chunks: int, lease: timedelta
) -> tuple[BillingRun, list[Chunk]]:
    """So many chunks more of a run that we hold locked, waiting for workers."""
    first, last = run.chunks_total + 1, run.chunks_total + chunks
    await session.execute(
        _MAKE_CHUNKS,
        {
            "run_id": run.run_id,
            "commune_id": run.commune_id,
            "first_chunk": first,
            "last_chunk": last,
            "lease": lease,
        },
    )
    changed = await change(session, run.run_id, chunks_total=last)
    return changed, [Chunk(run.run_id, number, 1) for number in range(first, last + 1)]


async def issued_total(session: AsyncSession, regie_id: UUID, period: str) -> int:
    """Cents issued for a period by runs, cancelled invoices not counted."""
    total = select(func.coalesce(func.sum(Invoice.total_cents), 0)).where(
        Invoice.regie_id == regie_id,
        Invoice.period == period,
        Invoice.kind.in_(get_args(RunKind)),
        Invoice.status.in_(LIVE),
    )
    return (await session.execute(total)).scalar_one()


async def run(session: AsyncSession, run_id: UUID, *, lock: bool = False) -> BillingRun | None:
    query = select(BillingRun).where(BillingRun.run_id == run_id)
    if lock:
        query = query.with_for_update()
    return await session.scalar(query.execution_options(populate_existing=True))


async def in_the_way(session: AsyncSession, regie_id: UUID, period: str, kind: RunKind) -> BillingRun | None:
    """The run that keeps another of this kind from beginning: one that is live, or the issued month end."""
    return await session.scalar(
        select(BillingRun)
        .where(
            BillingRun.regie_id == regie_id,
            BillingRun.period == period,
            BillingRun.status.not_in(RUN.ended)
            | ((BillingRun.kind == kind) & (kind == "month_end") & (BillingRun.status == "issued")),
        )
        .order_by(BillingRun.status == "issued")
        .limit(1)
    )


async def is_billed(session: AsyncSession, regie_id: UUID, period: str) -> bool:
    """Whether a month's end of a régie was issued."""
    issued = exists().where(
        BillingRun.regie_id == regie_id,
        BillingRun.period == period,
        BillingRun.kind == "month_end",
        BillingRun.status == "issued",
    )
    return bool(await session.scalar(select(issued)))


async def change(session: AsyncSession, run_id: UUID, **values: Any) -> BillingRun:
    """Set fields of a run that we hold locked."""
    changed = await session.scalars(
        update(BillingRun)
        .where(BillingRun.run_id == run_id)
        .values(**values, version=BillingRun.version + 1)
        .returning(BillingRun),
        execution_options={"populate_existing": True},
    )
    return changed.one()


async def add_to_totals(session: AsyncSession, run_id: UUID, *, families: int, cents: Cents) -> BillingRun:
    """Count more drafts, or fewer, of a run that we hold locked."""
    return await change(
        session,
        run_id,
        families=BillingRun.families + families,
        total_cents=BillingRun.total_cents + cents,
    )


async def fence_off(session: AsyncSession, run_id: UUID) -> None:
    """End the run's chunks: a worker that still computes one commits nothing."""
    await session.execute(
        update(RunChunk)
        .where(RunChunk.run_id == run_id)
        .values(epoch=RunChunk.epoch + 1, status="done", lease_until=None)
    )


async def delete_drafts(session: AsyncSession, run_id: UUID) -> None:
    """Delete the run's drafts with their lines."""
    await session.execute(
        text("DELETE FROM invoice WHERE run_id = :run_id AND status = 'draft'"), {"run_id": run_id}
    )


async def close(session: AsyncSession, run_id: UUID, *, status: Status) -> BillingRun:
    """What was to be issued of a run is issued."""
    return await change(session, run_id, status=status, issued_at=func.clock_timestamp())


async def finish(session: AsyncSession, run_id: UUID, *, status: Status) -> None:
    """The run is a preview: all chunks are done, or it is a preview again of what was not issued."""
    await change(session, run_id, status=status, computed_at=func.clock_timestamp())
