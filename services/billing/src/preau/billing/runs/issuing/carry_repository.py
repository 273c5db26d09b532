"""SQL of small amounts that a run carries over: which they are, noting them, ending those that it took up."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from preau.billing.carried_months.repository import COVERS
from preau.billing.runs.issuing.stage_repository import Left
from preau.billing.runs.tables import BillingRun
from preau.billing.tariffs.months import month_of
from preau.common.db.driver import DriverTransaction, Statement

IS_SMALL = "coalesce(i.total_cents > 0 AND i.total_cents < CAST(:carry_under AS integer), false)"
"""The draft ``i`` asks for something, but for less than the run's threshold."""

_MAY_OVERLAP = Statement("""
SELECT CAST(:carry_under AS integer) IS NOT NULL OR EXISTS (
    SELECT FROM run_family f
    WHERE f.run_id = CAST(:run_id AS uuid) AND f.stage = CAST(:stage AS integer)
        AND (SELECT true FROM carried_month k
            WHERE k.family_id = f.family_id AND k.regie_id = CAST(:regie_id AS uuid) LIMIT 1) IS NOT NULL
) AS may_overlap
""")
_HOLDERS = Statement("""
SELECT f.family_id FROM run_family f
WHERE f.run_id = CAST(:run_id AS uuid) AND f.stage = CAST(:stage AS integer)
    AND (SELECT true FROM invoice i
        WHERE i.run_id = f.run_id AND i.family_id = f.family_id AND i.status = 'draft') IS NOT NULL
""")
_END = Statement("""
WITH taken_up AS (
    SELECT k.carried_id, CASE
        WHEN f.family_id = ANY (CAST(:small AS uuid[])) THEN 'carried_on'
        WHEN f.family_id = ANY (CAST(:billed AS uuid[])) THEN 'billed'
        WHEN f.addressee IS NOT NULL AND f.set_aside IS NULL AND NOT EXISTS (
            SELECT FROM invoice i WHERE i.run_id = f.run_id AND i.family_id = f.family_id) THEN 'nothing_due'
        END AS outcome
    FROM run_family f
    CROSS JOIN LATERAL (
        SELECT carried_id FROM carried_month
        WHERE family_id = f.family_id AND regie_id = CAST(:regie_id AS uuid) AND outcome IS NULL
            AND first_day >= f.carried_from AND period < CAST(:period AS text) OFFSET 0
    ) AS k
    WHERE f.run_id = CAST(:run_id AS uuid) AND f.stage = CAST(:stage AS integer)
        AND f.carried_from IS NOT NULL
)
UPDATE carried_month k SET ended_by = CAST(:run_id AS uuid), outcome = t.outcome
FROM taken_up t WHERE k.carried_id = t.carried_id AND t.outcome IS NOT NULL
""")
_CARRY = Statement("""
INSERT INTO carried_month (commune_id, regie_id, family_id, run_id, period, first_day, amount_cents)
SELECT i.commune_id, i.regie_id, i.family_id, i.run_id, i.period,
    coalesce(f.carried_from, CAST(:first AS date)), i.total_cents
FROM unnest(CAST(:ids AS uuid[])) AS n (id)
CROSS JOIN LATERAL (SELECT * FROM invoice WHERE invoice_id = n.id AND status = 'draft' OFFSET 0) AS i
CROSS JOIN LATERAL (
    SELECT carried_from FROM run_family WHERE run_id = i.run_id AND family_id = i.family_id OFFSET 0
) AS f
ON CONFLICT DO NOTHING RETURNING family_id, amount_cents
""")
_DELETE = Statement("""
DELETE FROM invoice WHERE run_id = CAST(:run_id AS uuid) AND status = 'draft'
    AND family_id = ANY (CAST(:family_ids AS uuid[]))
""")
_TO_CARRY = Statement(f"""
SELECT count(*) AS drafts, coalesce(sum(i.total_cents), 0) AS cents FROM invoice i
WHERE i.run_id = CAST(:run_id AS uuid) AND i.status = 'draft' AND {IS_SMALL}
""")  # noqa: S608 - constants only
_LEFT_ALONE = Statement(f"""
SELECT count(*) AS families FROM carried_month k
WHERE k.run_id <> CAST(:run_id AS uuid) AND {COVERS}
""")  # noqa: S608 - constants only


def _names(run: BillingRun) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "regie_id": run.regie_id,
        "period": run.period,
        "carry_under": run.carry_under_cents,
        **month_of(run.period)._asdict(),
    }


async def families_to_hold(work: DriverTransaction, run: BillingRun, stage: int) -> list[UUID]:
    """The families of a stage whose accounts are held from before their drafts are looked at.

    Runs of different months bill the same days where a month is carried over: whoever looks second must see
    what the first has billed. None where nothing was ever carried over.
    """
    names = _names(run) | {"stage": stage}
    [row] = await work.rows(_MAY_OVERLAP, names)
    if not row["may_overlap"]:
        return []
    return [row["family_id"] for row in await work.rows(_HOLDERS, names)]


async def carry(work: DriverTransaction, run: BillingRun, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Note the months of drafts, which end: the cents of each family.

    One of whose family another month waits is not noted, and stays a draft.
    """
    if not ids:
        return {}
    names = _names(run)
    noted = {row[0]: row[1] for row in await work.rows(_CARRY, names | {"ids": list(ids)})}
    await work.rows(_DELETE, names | {"family_ids": list(noted)})
    return noted


async def end(
    work: DriverTransaction, run: BillingRun, stage: int, *, small: Sequence[UUID], billed: Sequence[UUID]
) -> None:
    """End the months that the run took up of a stage's families: carried on, billed, or of nothing any more.

    Those of drafts that are left wait on.
    """
    await work.rows(_END, _names(run) | {"stage": stage, "small": list(small), "billed": list(billed)})


async def to_carry(work: DriverTransaction, run: BillingRun) -> Left:
    """The drafts that would be carried over if the run were issued now."""
    [row] = await work.rows(_TO_CARRY, _names(run))
    return Left(row["drafts"], row["cents"])


async def left_alone(work: DriverTransaction, run: BillingRun) -> int:
    """How many families' months wait that others carried over: the run leaves these families alone."""
    [row] = await work.rows(_LEFT_ALONE, _names(run))
    return int(row["families"])
