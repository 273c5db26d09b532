"""SQL of what an agent looks at before issuing: what differs from last month, days whose roll is not done."""

from datetime import date
from typing import NamedTuple, get_args
from uuid import UUID

from preau.billing.invoices.lifecycle import LIVE
from preau.billing.runs.domain import RunKind
from preau.billing.runs.tables import BillingRun
from preau.billing.tariffs.months import month_before, month_of
from preau.common.db.driver import DriverTransaction, Statement
from preau.common.money import Cents

MOST = 20
"""How many families are named whose amount differs most."""

_BEFORE = """
SELECT i.invoice_id, i.family_id, i.total_cents, i.addressee ->> 'label' AS label FROM invoice i
WHERE i.regie_id = CAST(:regie_id AS uuid) AND i.period = CAST(:before AS text)
    AND i.kind = ANY (CAST(:kinds AS text[])) AND i.status = ANY (CAST(:live AS text[]))
"""
_NOW = """
SELECT i.invoice_id, i.family_id, i.total_cents, i.addressee ->> 'label' AS label FROM invoice i
WHERE i.run_id = CAST(:run_id AS uuid)
"""
_FAMILIES = Statement(f"""
SELECT family_id, max(label) AS label, sum(now_cents)::bigint AS now_cents,
    sum(before_cents)::bigint AS before_cents
FROM (
    SELECT family_id, label, total_cents AS now_cents, 0 AS before_cents FROM ({_NOW}) AS n
    UNION ALL SELECT family_id, label, 0, total_cents FROM ({_BEFORE}) AS b
) AS each GROUP BY 1 HAVING sum(now_cents) <> sum(before_cents)
ORDER BY abs(sum(now_cents) - sum(before_cents)) DESC, label, family_id LIMIT CAST(:most AS integer)
""")  # noqa: S608 - constants only
_ACTIVITIES = Statement(f"""
SELECT activity_id, max(activity_label) AS label, sum(now_quantity)::bigint AS now_quantity,
    sum(now_cents)::bigint AS now_cents, sum(before_quantity)::bigint AS before_quantity,
    sum(before_cents)::bigint AS before_cents
FROM (
    SELECT l.activity_id, l.activity_label,
        CASE l.kind WHEN 'charge' THEN l.quantity ELSE 0 END AS now_quantity,
        l.amount_cents AS now_cents, 0 AS before_quantity, 0 AS before_cents
    FROM ({_NOW}) AS n JOIN invoice_line l USING (invoice_id)
    UNION ALL
    SELECT l.activity_id, l.activity_label, 0, 0, CASE l.kind WHEN 'charge' THEN l.quantity ELSE 0 END,
        l.amount_cents
    FROM ({_BEFORE}) AS b JOIN invoice_line l USING (invoice_id)
) AS each GROUP BY 1 ORDER BY 2, 1
""")  # noqa: S608 - constants only
_UNMARKED = Statement("""
SELECT c.activity_id, a.label, a.site_label, c.service_date,
    count(*) FILTER (WHERE c.status = 'confirmed')::integer AS children
FROM charge c JOIN activity_copy a USING (activity_id)
WHERE a.regie_id = CAST(:regie_id AS uuid) AND c.service_date >= CAST(:first AS date)
    AND c.service_date < least(CAST(:after AS date), CAST(:today AS date))
    AND c.status IN ('confirmed', 'attended', 'absent_justified', 'absent_unjustified')
    AND c.shared_booking_id IS NULL AND EXISTS (
        SELECT 1 FROM charge m WHERE m.activity_id = c.activity_id
            AND m.service_date >= CAST(:first AS date) AND m.service_date < CAST(:after AS date)
            AND m.status IN ('attended', 'absent_justified', 'absent_unjustified'))
GROUP BY 1, 2, 3, 4 HAVING bool_or(c.status = 'confirmed') ORDER BY 4, 3, 2
""")


class FamilyDifference(NamedTuple):
    """What a family is asked for in the run, and was in the month before."""

    family_id: UUID
    label: str
    now_cents: Cents
    before_cents: Cents


class ActivityDifference(NamedTuple):
    """What an activity counts and brings in the run, and in the month before."""

    activity_id: UUID
    label: str
    now_quantity: int
    now_cents: Cents
    before_quantity: int
    before_cents: Cents


class UnmarkedDay(NamedTuple):
    """A day past of which the roll was not done, or not for all, at an activity whose roll is done else."""

    activity_id: UUID
    label: str
    site_label: str
    day: date
    children: int


async def differences(
    work: DriverTransaction, run: BillingRun
) -> tuple[list[FamilyDifference], list[ActivityDifference]]:
    """The families whose amount differs most from the month before, and all activities."""
    names = {
        "run_id": run.run_id,
        "regie_id": run.regie_id,
        "before": month_before(run.period),
        "kinds": list(get_args(RunKind)),
        "live": sorted(LIVE),
    }
    families = await work.rows(_FAMILIES, names | {"most": MOST})
    activities = await work.rows(_ACTIVITIES, names)
    return (
        [FamilyDifference(*row) for row in families],
        [ActivityDifference(*row) for row in activities],
    )


async def unmarked(work: DriverTransaction, run: BillingRun, today: date) -> list[UnmarkedDay]:
    """The days of the month, before ``today``, whose roll is not done."""
    names = {"regie_id": run.regie_id, "today": today} | month_of(run.period)._asdict()
    return [UnmarkedDay(*row) for row in await work.rows(_UNMARKED, names)]
