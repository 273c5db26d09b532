"""SQL of drafts that rest on what is no longer so: finding them, and having their chunks computed again.

A draft rests on its family's charges of the month and of those that were carried over to it, and on what was
billed of them before.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from preau.billing.carried_months.repository import COVERS
from preau.billing.charges.domain import BILLABLE
from preau.billing.charges.repository import IS_BILLABLE
from preau.billing.runs.chunk_repository import Chunk
from preau.billing.runs.issuing.carry_repository import IS_SMALL
from preau.billing.runs.lifecycle import Status
from preau.billing.runs.tables import BillingRun
from preau.billing.tariffs.months import month_of
from preau.common.db.driver import DriverTransaction, Statement

_OF_REGIE = """
c.activity_id = ANY (ARRAY(
    SELECT a.activity_id FROM activity_copy a WHERE a.regie_id = CAST(:regie_id AS uuid)))
"""
_FINGERPRINT = "bit_xor(uuid_hash_extended(c.booking_id, c.revision))"
_CARRIED_FROM = "coalesce(f.carried_from, CAST(:first AS date))"
"""The first day of a family ``f`` of the run."""
_BILLED = f"""
SELECT bit_xor(uuid_hash_extended(l.line_id, 0)) FROM invoice_line l
WHERE l.family_id = i.family_id AND l.first_day < CAST(:after AS date) AND l.last_day >= {_CARRIED_FROM}
    AND (SELECT b.regie_id = i.regie_id AND b.status <> 'draft'
        FROM invoice b WHERE b.invoice_id = l.invoice_id)
"""  # noqa: S608 - constants only
_STALE = Statement(f"""
WITH now AS MATERIALIZED (
    SELECT c.family_id, {_FINGERPRINT} AS fingerprint FROM charge c
    WHERE c.service_date >= CAST(:first AS date) AND c.service_date < CAST(:after AS date)
        AND {IS_BILLABLE} AND {_OF_REGIE} GROUP BY 1
), before AS MATERIALIZED (
    SELECT f.family_id, f.carried_from, (
        SELECT {_FINGERPRINT} FROM charge c
        WHERE c.family_id = f.family_id AND c.service_date >= f.carried_from
            AND c.service_date < CAST(:first AS date) AND {IS_BILLABLE} AND ({_OF_REGIE}) IS NOT FALSE
    ) AS fingerprint
    FROM run_family f WHERE f.run_id = CAST(:run_id AS uuid) AND f.carried_from IS NOT NULL
), carried AS MATERIALIZED (
    SELECT k.family_id FROM carried_month k WHERE {COVERS}
), stale AS MATERIALIZED (
    SELECT i.run_id, i.family_id, i.addressee ->> 'label' AS label
    FROM invoice i LEFT JOIN now ON now.family_id = i.family_id
    LEFT JOIN before f ON f.family_id = i.family_id LEFT JOIN carried k ON k.family_id = i.family_id
    WHERE i.run_id = CAST(:run_id AS uuid) AND i.status = 'draft' AND (k.family_id IS NOT NULL
        OR i.charges_seen IS DISTINCT FROM
            coalesce(now.fingerprint, 0) # coalesce(f.fingerprint, 0) # coalesce(({_BILLED}), 0))
)
SELECT f.chunk_number, s.label FROM stale s
JOIN run_family f ON f.run_id = s.run_id AND f.family_id = s.family_id ORDER BY 2
""")  # noqa: S608 - constants only
_CHANGED = Statement(f"""
SELECT f.chunk_number, f.label FROM run_family f
CROSS JOIN LATERAL (
    SELECT {_FINGERPRINT} AS fingerprint FROM charge c
    WHERE c.family_id = f.family_id AND c.service_date >= {_CARRIED_FROM}
        AND c.service_date < CAST(:after AS date) AND {IS_BILLABLE} AND ({_OF_REGIE}) IS NOT FALSE OFFSET 0
) AS now
CROSS JOIN LATERAL (SELECT f.family_id, CAST(:regie_id AS uuid) AS regie_id OFFSET 0) AS i
WHERE f.run_id = CAST(:run_id AS uuid) AND f.set_aside IS NULL AND f.addressee IS NOT NULL
    AND (SELECT true FROM invoice o WHERE o.run_id = f.run_id AND o.family_id = f.family_id) IS NULL
    AND (SELECT true FROM carried_month k WHERE k.family_id = f.family_id AND {COVERS}) IS NULL
    AND (SELECT true FROM carried_month k WHERE k.run_id = f.run_id AND k.family_id = f.family_id) IS NULL
    AND coalesce(f.charges_seen, 0) <> coalesce(now.fingerprint, 0) # coalesce(({_BILLED}), 0)
ORDER BY 2
""")  # noqa: S608 - constants only
"""The families without a draft, of which something changed since they were computed."""
_OF_STAGE = Statement(f"""
SELECT i.invoice_id, i.family_id, {IS_SMALL} AS is_small,
    i.charges_seen IS DISTINCT FROM coalesce(now.fingerprint, 0) # coalesce(({_BILLED}), 0)
    OR (SELECT true FROM carried_month k WHERE k.family_id = i.family_id AND {COVERS}) IS NOT NULL AS is_stale
FROM run_family f
CROSS JOIN LATERAL (
    SELECT invoice_id, regie_id, family_id, charges_seen, total_cents, lower(addressee ->> 'label') AS label
    FROM invoice WHERE run_id = f.run_id AND family_id = f.family_id AND status = 'draft' OFFSET 0
) AS i
CROSS JOIN LATERAL (
    SELECT {_FINGERPRINT} AS fingerprint FROM charge c
    WHERE c.family_id = f.family_id AND c.service_date >= {_CARRIED_FROM}
        AND c.service_date < CAST(:after AS date) AND {IS_BILLABLE} AND ({_OF_REGIE}) IS NOT FALSE OFFSET 0
) AS now
WHERE f.run_id = CAST(:run_id AS uuid) AND f.stage = CAST(:stage AS integer)
ORDER BY i.label, i.invoice_id
""")  # noqa: S608 - constants only
"""Each family's draft and charges found by its key: a plan for all at once would read those of all stages."""
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

    chunk_number: int
    family_label: str


class DraftOfStage(NamedTuple):
    """A draft of a stage, whether it asks for so little that the run carries it over, and whether something
    of its family changed since it was made."""

    invoice_id: UUID
    family_id: UUID
    is_small: bool
    is_stale: bool


async def stale_drafts(work: DriverTransaction, run: BillingRun) -> list[StaleDraft]:
    """The drafts of the run whose charges, or what was billed of them, are no longer the same; by family."""
    await work.execute(_BY_HASH)
    rows = await work.rows(_STALE, _scope(run))
    await work.execute(_AS_USUAL)
    return [StaleDraft(*row) for row in rows]


async def changed_families(work: DriverTransaction, run: BillingRun) -> list[StaleDraft]:
    """The families that the run asks for nothing, whose charges are no longer the same; by family."""
    return [StaleDraft(*row) for row in await work.rows(_CHANGED, _scope(run))]


async def drafts_of_stage(work: DriverTransaction, run: BillingRun, stage: int) -> list[DraftOfStage]:
    """The drafts of a stage in the order of the families' labels; nobody else touches them meanwhile."""
    return [DraftOfStage(*row) for row in await work.rows(_OF_STAGE, _scope(run) | {"stage": stage})]


def _scope(run: BillingRun) -> dict[str, Any]:
    names = {
        "run_id": run.run_id,
        "regie_id": run.regie_id,
        "period": run.period,
        "carry_under": run.carry_under_cents,
        "billable": sorted(BILLABLE),
    }
    return names | month_of(run.period)._asdict()


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
