"""SQL of simulations: a month's charges of an activity are gathered as a run does, under two tariffs at once.

Nothing is written but tables of the transaction's own, which end with it. What stays of a month is a row a
child and segment of prices, whatever the number of its charges.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from preau.billing.charges.domain import BILLABLE
from preau.billing.charges.repository import IS_BILLABLE
from preau.billing.runs.computing.pricing import Key
from preau.billing.runs.computing.work_repository import PERIODS, gather, keys, lay_out_tariffs
from preau.billing.simulations.domain import Priced
from preau.billing.tariffs.domain import Tariff
from preau.billing.tariffs.months import Month
from preau.common.db.driver import DriverTransaction, Statement
from preau.common.money import Cents

_OF_PERIOD = f"""
c.activity_id = CAST(:activity_id AS uuid) AND c.service_date >= CAST(:first AS date)
    AND c.service_date < CAST(:after AS date) AND {IS_BILLABLE}
"""
_EXTENT = Statement(f"""
SELECT count(*) AS charges, count(DISTINCT c.family_id) FILTER (WHERE f.addressee IS NULL) AS unknown_families
FROM charge c LEFT JOIN family_copy f USING (family_id) WHERE {_OF_PERIOD}
""")  # noqa: S608 - constants only
_FAMILIES = Statement(f"""
CREATE TEMP TABLE work_family ON COMMIT DROP AS
SELECT f.family_id, CAST(NULL AS date) AS carried_from, false AS one_by_one FROM family_copy f
JOIN (SELECT DISTINCT c.family_id FROM charge c WHERE {_OF_PERIOD}) AS d USING (family_id)
WHERE f.addressee IS NOT NULL
""")  # noqa: S608 - constants only
_CHILDREN = Statement(f"""{PERIODS}
FROM child_period JOIN work_family USING (family_id)
WHERE valid_from < CAST(:after AS date) AND valid_to > CAST(:first AS date)
""")
_ACTIVITY = Statement("""
CREATE TEMP TABLE work_activity ON COMMIT DROP AS
SELECT activity_id, label FROM activity_copy WHERE activity_id = CAST(:activity_id AS uuid)
""")
_ANALYSE_FAMILIES = "ANALYZE work_family (family_id, one_by_one)"
_FORGET_MONTH = (
    "DROP TABLE work_group, work_tariff, work_child, work_activity, work_family;"
    " DROP TABLE IF EXISTS work_enrolled, work_first"
)

_SIMULATED = """
CREATE TEMP TABLE simulated (segment integer NOT NULL, side text NOT NULL, family_id uuid NOT NULL,
    child_id uuid NOT NULL, charges integer NOT NULL, cents integer NOT NULL) ON COMMIT DROP
"""
_ADD = Statement("""
INSERT INTO simulated (segment, side, family_id, child_id, charges, cents)
SELECT p.segment, p.side, g.family_id, g.child_id, sum(g.size), sum(g.size * p.cents)
FROM work_group g
JOIN unnest(CAST(:key_no AS integer[]), CAST(:side AS text[]), CAST(:segment AS integer[]),
    CAST(:cents AS integer[])) AS p (key_no, side, segment, cents) USING (key_no)
GROUP BY 1, 2, 3, 4
""")
_ADD_ONCE = Statement("""
INSERT INTO simulated (segment, side, family_id, child_id, charges, cents)
SELECT segment, side, family_id, child_id, 0, cents FROM (
    SELECT DISTINCT ON (s.side, g.family_id, s.label, s.child_id, s.day)
        s.segment, s.side, g.family_id, g.child_id, s.cents
    FROM work_group g
    JOIN unnest(CAST(:key_no AS integer[]), CAST(:side AS text[]), CAST(:segment AS integer[]),
        CAST(:label AS text[]), CAST(:of_child AS boolean[]), CAST(:of_day AS boolean[]),
        CAST(:cents AS integer[])) AS p (key_no, side, segment, label, of_child, of_day, cents) USING (key_no)
    CROSS JOIN LATERAL unnest(g.bookings, g.days) AS b (booking_id, day)
    CROSS JOIN LATERAL (SELECT p.side, p.segment, p.label, p.cents,
        CASE WHEN p.of_child THEN g.child_id END AS child_id,
        CASE WHEN p.of_day THEN b.day ELSE date_trunc('month', b.day)::date END AS day) AS s
    ORDER BY s.side, g.family_id, s.label, s.child_id, s.day, b.day, b.booking_id
) AS o
""")
"""A supplement that is asked once: whoever comes first bears it (`preau.billing.tariffs.supplements`)."""

_COMPARE = """
ANALYZE simulated;
CREATE TEMP TABLE simulated_family ON COMMIT DROP AS
SELECT family_id, coalesce(sum(cents) FILTER (WHERE side = 'now'), 0)::integer AS now_cents,
    coalesce(sum(cents) FILTER (WHERE side = 'draft'), 0)::integer AS draft_cents
FROM simulated GROUP BY 1;
ANALYZE simulated_family
"""
_SEGMENTS = Statement("""
SELECT segment, side, sum(charges)::integer AS charges, count(DISTINCT child_id)::integer AS children,
    sum(cents)::integer AS cents
FROM simulated GROUP BY 1, 2 ORDER BY 1, 2
""")
_OF_FAMILIES = Statement("""
SELECT draft_cents - now_cents, count(*)::integer FROM simulated_family GROUP BY 1
""")
_OF_CHILDREN = Statement("""
SELECT difference, count(*)::integer FROM (
    SELECT sum(CASE side WHEN 'draft' THEN cents ELSE -cents END)::integer AS difference
    FROM simulated GROUP BY family_id, child_id
) AS c GROUP BY 1
""")
_FAMILIES_COMPARED = """
SELECT s.family_id, f.label, s.now_cents, s.draft_cents
FROM simulated_family s JOIN family_copy f USING (family_id)
"""
_LEAST = Statement(f"""{_FAMILIES_COMPARED}
WHERE draft_cents < now_cents ORDER BY draft_cents - now_cents, f.label, s.family_id
LIMIT CAST(:most AS integer)
""")
_MOST = Statement(f"""{_FAMILIES_COMPARED}
WHERE draft_cents > now_cents ORDER BY now_cents - draft_cents, f.label, s.family_id
LIMIT CAST(:most AS integer)
""")
_ALL = Statement(f"{_FAMILIES_COMPARED} ORDER BY f.label, s.family_id")


class Extent(NamedTuple):
    """How many charges a period has, and how many families whose record is not known here."""

    charges: int
    unknown_families: int


class Asked(NamedTuple):
    """What a segment of one side's prices asks for in all."""

    segment: int
    side: str
    charges: int
    children: int
    cents: Cents


class FamilyCompared(NamedTuple):
    """What a family pays by the tariffs in force, and by the one that is tried."""

    family_id: UUID
    label: str
    now_cents: Cents
    draft_cents: Cents


def _names(activity_id: UUID, month: Month) -> dict[str, Any]:
    return {"activity_id": activity_id, **month._asdict(), "billable": sorted(BILLABLE)}


async def extent(work: DriverTransaction, activity_id: UUID, period: Month) -> Extent:
    """What the days have to be simulated."""
    [row] = await work.rows(_EXTENT, _names(activity_id, period))
    return Extent(*row)


async def begin(work: DriverTransaction) -> None:
    """Begin a simulation in the transaction."""
    await work.execute(_SIMULATED)


async def gather_month(
    work: DriverTransaction,
    activity_id: UUID,
    month: Month,
    zone: str,
    now: Sequence[Tariff],
    draft: Tariff,
) -> list[Key]:
    """Gather a month's charges by what has one price, once by each side's tariffs; the distinct keys."""
    names = _names(activity_id, month)
    for statement in (_FAMILIES, _CHILDREN, _ACTIVITY):
        await work.rows(statement, names)
    await work.execute(_ANALYSE_FAMILIES)
    scope = await lay_out_tariffs(
        work, month, zone, [(activity_id, tariff) for tariff in now], [(activity_id, draft)]
    )
    await gather(work, scope)
    return await keys(work)


async def add_month(work: DriverTransaction, priced: Priced) -> None:
    """Add what the keys of the month that was gathered ask for, and forget the month."""
    await work.rows(_ADD, _columns(priced.keys, ("key_no", "side", "segment", "cents")))
    if priced.once:
        await work.rows(_ADD_ONCE, _columns(priced.once, priced.once[0]._fields))
    await work.execute(_FORGET_MONTH)


def _columns(rows: Sequence[Any], names: Sequence[str]) -> dict[str, list[Any]]:
    return {name: [getattr(row, name) for row in rows] for name in names}


async def compare(work: DriverTransaction) -> list[Asked]:
    """What each segment asks for, by its number, after the last month; the rest is asked afterwards."""
    await work.execute(_COMPARE)
    return [Asked(*row) for row in await work.rows(_SEGMENTS, {})]


async def differences(work: DriverTransaction) -> tuple[dict[Cents, int], dict[Cents, int]]:
    """How many families, and how many children, pay how much more, in cents."""
    families, children = await work.rows(_OF_FAMILIES, {}), await work.rows(_OF_CHILDREN, {})
    return dict(map(tuple, families)), dict(map(tuple, children))


async def biggest(work: DriverTransaction, most: int) -> tuple[list[FamilyCompared], list[FamilyCompared]]:
    """Those whose price falls the most, and those whose price rises the most, at most so many of each."""
    falling = await work.rows(_LEAST, {"most": most})
    rising = await work.rows(_MOST, {"most": most})
    return [FamilyCompared(*row) for row in falling], [FamilyCompared(*row) for row in rising]


async def families(work: DriverTransaction) -> list[FamilyCompared]:
    """All families, by their names."""
    return [FamilyCompared(*row) for row in await work.rows(_ALL, {})]
