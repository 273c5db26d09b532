"""SQL of drafts that rest on what is no longer so: finding them, and having their chunks computed again.

A draft rests on its family's charges of the month, and on what was billed of them before.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from preau.billing.charges.domain import BILLABLE
from preau.billing.runs.chunk_repository import Chunk
from preau.billing.runs.lifecycle import Status
from preau.billing.runs.tables import BillingRun
from preau.billing.tariffs.months import month_of
from preau.common.db.driver import DriverTransaction, Statement


def _stale(of_families: str, of_drafts: str) -> Statement:
    """The drafts whose fingerprint is no longer that of their charges and of what was billed of them."""
    return Statement(f"""
WITH now AS MATERIALIZED (
    SELECT c.family_id, bit_xor(uuid_hash_extended(c.booking_id, c.revision)) AS fingerprint FROM charge c
    WHERE c.service_date >= CAST(:first AS date) AND c.service_date < CAST(:after AS date)
        AND c.status = ANY (CAST(:billable AS text[])) {of_families}
    GROUP BY 1
), stale AS MATERIALIZED (
    SELECT i.run_id, i.family_id, i.addressee ->> 'label' AS label
    FROM invoice i LEFT JOIN now ON now.family_id = i.family_id
    WHERE i.run_id = CAST(:run_id AS uuid) AND i.status = 'draft' {of_drafts}
        AND i.charges_seen IS DISTINCT FROM coalesce(now.fingerprint, 0) # coalesce((
            SELECT bit_xor(uuid_hash_extended(l.line_id, 0)) FROM invoice_line l
            WHERE l.family_id = i.family_id
                AND l.first_day < CAST(:after AS date) AND l.last_day >= CAST(:first AS date)
                AND (SELECT b.regie_id = i.regie_id AND b.status <> 'draft'
                    FROM invoice b WHERE b.invoice_id = l.invoice_id)
        ), 0)
)
SELECT s.family_id, f.chunk_number, s.label FROM stale s
JOIN run_family f ON f.run_id = s.run_id AND f.family_id = s.family_id ORDER BY 3
""")  # noqa: S608 - constants only


_OF_REGIE = """
c.activity_id = ANY (ARRAY(
    SELECT a.activity_id FROM activity_copy a WHERE a.regie_id = CAST(:regie_id AS uuid)))
"""
_ALL_STALE = _stale(f"AND {_OF_REGIE}", "")
_STALE_OF = _stale(
    f"AND c.family_id = ANY (CAST(:families AS uuid[])) AND ({_OF_REGIE}) IS NOT FALSE",
    "AND i.family_id = ANY (CAST(:families AS uuid[]))",
)
_BY_HASH = "SET LOCAL enable_nestloop = off"
"""Thousands of drafts against as many families: a plan made for a few would compare each with each."""
_AS_USUAL = "SET LOCAL enable_nestloop = on"
_TAKE_BACK = Statement("""
WITH gone AS (
    DELETE FROM invoice i USING run_family f
    WHERE i.run_id = CAST(:run_id AS uuid) AND i.status = 'draft' AND f.run_id = i.run_id
        AND f.family_id = i.family_id AND f.chunk_number = ANY (CAST(:numbers AS integer[]))
    RETURNING i.total_cents
), odd AS (
    DELETE FROM run_anomaly o USING run_family f
    WHERE o.run_id = CAST(:run_id AS uuid) AND f.run_id = o.run_id AND f.family_id = o.family_id
        AND f.chunk_number = ANY (CAST(:numbers AS integer[]))
)
UPDATE billing_run SET chunks_done = chunks_done - cardinality(CAST(:numbers AS integer[])),
    families = families - (SELECT count(*) FROM gone), computed_at = NULL, status = :status,
    total_cents = total_cents - (SELECT coalesce(sum(total_cents), 0) FROM gone), version = version + 1
WHERE run_id = CAST(:run_id AS uuid)
""")
_QUEUE = Statement("""
UPDATE run_chunk SET epoch = epoch + 1, tries = 0, status = 'queued', done_at = NULL,
    lease_until = clock_timestamp() + CAST(:lease AS interval)
WHERE run_id = CAST(:run_id AS uuid) AND number = ANY (CAST(:numbers AS integer[])) RETURNING number, epoch
""")


class StaleDraft(NamedTuple):
    """A draft of a family of which something changed since it was made, and the chunk that makes it."""

    family_id: UUID
    chunk_number: int
    family_label: str


async def stale_drafts(
    work: DriverTransaction, run: BillingRun, families: Sequence[UUID] | None = None
) -> list[StaleDraft]:
    """The drafts of the run, or of some of its families, whose charges are no longer the same.

    Or what was billed of them is not; by family.
    """
    names = {"run_id": run.run_id, "regie_id": run.regie_id, "billable": sorted(BILLABLE)}
    names |= month_of(run.period)._asdict()
    await work.execute(_BY_HASH)
    if families is None:
        rows = await work.rows(_ALL_STALE, names)
    else:
        rows = await work.rows(_STALE_OF, names | {"families": families})
    await work.execute(_AS_USUAL)
    return [StaleDraft(*row) for row in rows]


async def take_back(
    work: DriverTransaction, run: BillingRun, numbers: Sequence[int], *, status: Status, lease: timedelta
) -> list[Chunk]:
    """Delete the chunks' drafts and queue them anew, with new epochs."""
    names = {"run_id": run.run_id, "numbers": list(numbers)}
    await work.rows(_TAKE_BACK, {**names, "status": status})
    return [
        Chunk(run.run_id, row["number"], row["epoch"])
        for row in await work.rows(_QUEUE, {**names, "lease": lease})
    ]
