"""SQL of a chunk's work, set-based: its facts are laid out, its charges gathered by what has one price.

What a statement fills and the next one joins is analysed in between: a plan never rests on statistics of
another day. The tables are the transaction's own and end with it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from preau.billing.carried_months.repository import COVERS
from preau.billing.charges.domain import BILLABLE, GIVEN_BACK
from preau.billing.charges.repository import IS_BILLABLE, STANDING
from preau.billing.runs.computing.pricing import Key, facts_of
from preau.billing.runs.tables import BillingRun
from preau.billing.tariffs.domain import Tariff
from preau.billing.tariffs.months import Month, month_of
from preau.billing.tariffs.needs import Needs, needs_of
from preau.billing.tariffs.periods import NEVER, way_of
from preau.common.db.driver import DriverTransaction, Record, Statement

_FAMILIES = Statement(f"""
CREATE TEMP TABLE work_family ON COMMIT DROP AS
SELECT f.family_id, f.label, f.addressee, f.carried_from, false AS one_by_one FROM run_family f
WHERE f.run_id = CAST(:run_id AS uuid) AND f.chunk_number = CAST(:number AS integer) AND f.set_aside IS NULL
    AND (SELECT true FROM invoice i WHERE i.run_id = f.run_id AND i.family_id = f.family_id) IS NULL
    AND (SELECT true FROM carried_month k WHERE k.family_id = f.family_id AND {COVERS}) IS NULL
    AND (SELECT true FROM carried_month k WHERE k.run_id = f.run_id AND k.family_id = f.family_id) IS NULL
""")  # noqa: S608 - constants only
"""Scalar subqueries, for a join would be planned by statistics of another day."""
_BILLED_LINE = "l.family_id, l.line_id, l.kind, l.child_name, l.bookings, l.quantities, l.amounts"
_OF_REGIE = """
(SELECT i.regie_id = CAST(:regie_id AS uuid) AND i.status <> 'draft'
    FROM invoice i WHERE i.invoice_id = l.invoice_id)
"""
_BILLED_LINES = f"""
CREATE TEMP TABLE work_billed_line ON COMMIT DROP AS
SELECT {_BILLED_LINE} FROM invoice_line l
WHERE l.family_id BETWEEN CAST(:least AS uuid) AND CAST(:greatest AS uuid)
    AND l.first_day < CAST(:after AS date) AND l.last_day >= CAST(:first AS date) AND {_OF_REGIE}
"""  # noqa: S608 - constants only
_BILLED_LINES_BEFORE = f"""
UNION ALL
SELECT b.* FROM work_family w CROSS JOIN LATERAL (
    SELECT {_BILLED_LINE} FROM invoice_line l
    WHERE l.family_id = w.family_id AND l.first_day < CAST(:first AS date) AND l.last_day >= w.carried_from
        AND l.last_day < CAST(:first AS date) AND {_OF_REGIE} OFFSET 0
) AS b WHERE w.carried_from IS NOT NULL
"""  # noqa: S608 - constants only
"""Those of months that were carried over, by family: the statement of a month alone stays as it is."""
_MARK_BILLED = """
UPDATE work_family w SET one_by_one = true FROM work_billed_line l WHERE l.family_id = w.family_id;
ANALYZE work_family (family_id, one_by_one)
"""
PERIODS = """
CREATE TEMP TABLE work_child ON COMMIT DROP AS
SELECT row_number() OVER ()::integer AS period_no, family_id, child_id, valid_from, valid_to, name, residency,
    category, counts, rank, children, quotients
"""
"""Lays out the children by period, of what follows."""
_CHILDREN = Statement(f"""{PERIODS}
FROM run_child WHERE run_id = CAST(:run_id AS uuid) AND chunk_number = CAST(:number AS integer)
""")
_ACTIVITIES = Statement("""
CREATE TEMP TABLE work_activity ON COMMIT DROP AS
SELECT activity_id, label FROM activity_copy WHERE regie_id = CAST(:regie_id AS uuid)
""")
_TARIFFS = Statement("""
CREATE TEMP TABLE work_tariff ON COMMIT DROP AS
SELECT t.tariff_no, t.activity_id, t.first, t.after, t.way, t.is_enrolled
FROM unnest(CAST(:tariff_no AS integer[]), CAST(:activity_id AS uuid[]), CAST(:first AS date[]),
    CAST(:after AS date[]), CAST(:way AS integer[]), CAST(:is_enrolled AS boolean[]))
  AS t (tariff_no, activity_id, first, after, way, is_enrolled)
""")
_ANALYSE_FACTS = (
    "ANALYZE work_child (period_no, family_id, child_id, valid_from, valid_to);"
    " ANALYZE work_tariff; ANALYZE work_activity"
)

_BOUNDS = Statement("""
SELECT (SELECT family_id FROM work_family ORDER BY family_id LIMIT 1) AS least,
    (SELECT family_id FROM work_family ORDER BY family_id DESC LIMIT 1) AS greatest,
    EXISTS (SELECT FROM work_family WHERE carried_from IS NOT NULL) AS has_carried
""")

_OF_PERIOD = "residency, category, rank, children, quotient"
"""What a key has of the child's period."""
_OF_CHARGE = "units, present, arrived, departed, payer_percent, is_first, company, elder, enrolled"
"""What a key has of the charge itself, its siblings at the activity among them."""
_KEY = f"tariff_no, {_OF_PERIOD}, units, present, arrived, departed, payer_percent, is_first, company"
_OF_MONTH = """
c.service_date >= CAST(:first AS date) AND c.service_date < CAST(:after AS date)
    AND c.family_id BETWEEN CAST(:least AS uuid) AND CAST(:greatest AS uuid)
"""
_CHARGE = """
c.booking_id, c.family_id, c.child_id, c.activity_id, c.service_date, c.status, c.revision, c.units,
    c.present, c.arrived_at, c.left_at, c.payer_percent
"""
_CHARGES = f"""
FROM work_family w
JOIN charge c ON c.family_id = w.family_id AND {_OF_MONTH}
"""
"""The charges of a chunk, found by their families in a row."""
_CARRIED_CHARGES = Statement(f"""
CREATE TEMP TABLE work_charge ON COMMIT DROP AS
SELECT {_CHARGE} FROM charge c WHERE {_OF_MONTH}
UNION ALL
SELECT b.* FROM work_family w CROSS JOIN LATERAL (
    SELECT {_CHARGE} FROM charge c WHERE c.family_id = w.family_id AND c.service_date >= w.carried_from
        AND c.service_date < CAST(:first AS date) OFFSET 0
) AS b WHERE w.carried_from IS NOT NULL
""")  # noqa: S608 - constants only
_ANALYSE_CHARGES = "ANALYZE work_charge (family_id, child_id, activity_id, service_date, status)"
_CHARGES_WITH_CARRIED = """
FROM work_family w
JOIN work_charge c ON c.family_id = w.family_id
"""
"""With those of months that were carried over, found by family and laid out with the others; the statement of
a month alone stays as it is."""
_FACTS = """
JOIN work_activity a ON a.activity_id IS NOT DISTINCT FROM c.activity_id
LEFT JOIN work_tariff t ON t.activity_id = c.activity_id
    AND c.service_date >= t.first AND c.service_date < t.after
LEFT JOIN work_child f ON f.family_id = c.family_id AND f.child_id = c.child_id
    AND c.service_date >= f.valid_from AND c.service_date < f.valid_to
"""
"""What the price of a charge ``c`` depends on. ``IS NOT DISTINCT FROM`` keeps a plan from the index of
activities, which holds the charges of all chunks."""


def _charges(scope: "Scope") -> str:
    """The families ``w`` of a chunk and their charges ``c``."""
    return _CHARGES_WITH_CARRIED if scope.has_carried else _CHARGES


def _month(scope: "Scope") -> str:
    """The first day of the month of a charge ``c``."""
    return "date_trunc('month', c.service_date)::date" if scope.has_carried else "CAST(:first AS date)"


def _firsts(scope: "Scope") -> Statement:
    """What each child booked first of an activity in a month: so it is enrolled there."""
    each = "c.family_id, c.child_id, c.activity_id" + (", month" if scope.has_carried else "")
    return Statement(f"""
CREATE TEMP TABLE work_first ON COMMIT DROP AS
SELECT DISTINCT ON ({each}) c.family_id, c.child_id, c.activity_id,
    {_month(scope)} AS month, c.booking_id
{_charges(scope)}
JOIN work_activity a ON a.activity_id IS NOT DISTINCT FROM c.activity_id
WHERE {IS_BILLABLE}
ORDER BY {each}, c.booking_id
""")  # noqa: S608 - constants only


_ENROLLED = """
CREATE TEMP TABLE work_enrolled ON COMMIT DROP AS
SELECT e.family_id, e.activity_id, e.month, o.valid_from, o.valid_to, o.rank
FROM work_first e JOIN work_child o ON o.family_id = e.family_id AND o.child_id = e.child_id AND o.counts;
CREATE INDEX ON work_enrolled (family_id, activity_id);
ANALYZE work_enrolled
"""


def _from(scope: "Scope") -> str:
    """The charges of a chunk with what their prices depend on: their tariff ``t``, their child ``f``, and
    the siblings enrolled in the month ``s`` where a tariff asks for them."""
    siblings = f"""
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE o.rank < f.rank) AS elder, count(*) AS enrolled
    FROM work_enrolled o WHERE t.is_enrolled AND o.family_id = c.family_id AND o.activity_id = c.activity_id
        AND o.month = {_month(scope)} AND c.service_date >= o.valid_from AND c.service_date < o.valid_to
) AS s ON true
"""  # noqa: S608 - constants only
    return _charges(scope) + _FACTS + (siblings if scope.needs.enrolled else "")


def _of_charge(needs: Needs) -> str:
    """The columns `_OF_CHARGE` of a charge ``c``; what no tariff of the run asks for is not looked up."""
    zone = "AT TIME ZONE CAST(:zone AS text)"
    columns = {
        "units": "c.units",
        "present": "c.present" if needs.presence else "NULL::boolean",
        "arrived": f"(c.arrived_at {zone})::time" if needs.stay else "NULL::time",
        "departed": f"(c.left_at {zone})::time" if needs.stay else "NULL::time",
        "payer_percent": "c.payer_percent",
        "is_first": _FIRST if needs.firsts else "true",
        "company": _COMPANY if needs.company else "NULL::uuid[]",
        "elder": "s.elder" if needs.enrolled else "NULL::bigint",
        "enrolled": "s.enrolled" if needs.enrolled else "NULL::bigint",
    }
    return ", ".join(f"{expression} AS {name}" for name, expression in columns.items())


_OF_PERIOD_COLUMNS = """
coalesce(f.residency, 'resident') AS residency, coalesce(f.category, 'elementary') AS category,
(CASE WHEN t.is_enrolled THEN CASE WHEN f.counts THEN e.elder + 1 ELSE 1 END
    ELSE coalesce(f.rank, 1) END)::integer AS rank,
(CASE WHEN t.is_enrolled THEN greatest(e.enrolled, 1) ELSE coalesce(f.children, 1) END)::integer AS children,
f.quotients[t.way + 1] AS quotient
"""
"""The columns `_OF_PERIOD`, of a charge or group ``e`` with its period ``f`` and its tariff ``t``."""
_FIRST = "c.booking_id IN (SELECT booking_id FROM work_first)"
_COMPANY = """
(SELECT array_agg(DISTINCT o.activity_id ORDER BY o.activity_id) FROM charge o
    WHERE o.family_id = c.family_id AND o.child_id = c.child_id AND o.service_date = c.service_date
    AND o.activity_id <> c.activity_id AND o.status = ANY (CAST(:billable AS text[]))
    AND o.payer_percent > 0)
"""


class Scope(NamedTuple):
    """Whose charges of which days are gathered, and which facts the tariffs ask for.

    The zone is the commune's; the families lie between two ids: an index finds their charges in a row.
    Families that have something carried over are gathered from its first day on.
    """

    month: Month
    zone: str
    needs: Needs
    least: UUID
    greatest: UUID
    has_carried: bool

    def parameters(self) -> dict[str, Any]:
        return {
            **self.month._asdict(),
            "zone": self.zone,
            "least": self.least,
            "greatest": self.greatest,
            "billable": sorted(BILLABLE),
            "given_back": sorted(GIVEN_BACK),
        }


async def lay_out(
    work: DriverTransaction, run: BillingRun, number: int, zone: str, tariffs: Sequence[tuple[UUID, Tariff]]
) -> Scope:
    """Lay out the chunk's families, their children and the tariffs of the run.

    A family that was set aside is left out, one whose invoice the run has issued or whose month it has
    carried over, and one whose month waits for the next month's end.
    """
    month = month_of(run.period)
    names = {"run_id": run.run_id, "number": number}
    of_regie = {"regie_id": run.regie_id}
    await work.rows(_FAMILIES, names | of_regie | {"after": month.after, "period": run.period})
    await work.rows(_CHILDREN, names)
    await work.rows(_ACTIVITIES, of_regie)
    scope = await lay_out_tariffs(work, month, zone, tariffs)
    billed = _BILLED_LINES + (_BILLED_LINES_BEFORE if scope.has_carried else "")
    await work.rows(Statement(billed), scope.parameters() | of_regie)
    await work.execute(_MARK_BILLED)
    return scope


async def lay_out_tariffs(
    work: DriverTransaction, month: Month, zone: str, *lists: Sequence[tuple[UUID, Tariff]]
) -> Scope:
    """Lay out tariffs beside the families, children and activities that are.

    Each charge is gathered once for each of the ``lists`` that has a tariff for it; the places of the
    tariffs go through all of them.
    """
    await work.rows(_TARIFFS, _columns_of(lists))
    await work.execute(_ANALYSE_FACTS)
    [bounds] = await work.rows(_BOUNDS, {})
    needs = needs_of(tariff.definition for tariffs in lists for _, tariff in tariffs)
    scope = Scope(month, zone, needs, *bounds)
    if scope.has_carried:
        await work.rows(_CARRIED_CHARGES, scope.parameters())
        await work.execute(_ANALYSE_CHARGES)
    if needs.firsts or needs.enrolled:
        await work.rows(_firsts(scope), scope.parameters())
    if needs.enrolled:
        await work.execute(_ENROLLED)
    return scope


def _columns_of(lists: Sequence[Sequence[tuple[UUID, Tariff]]]) -> dict[str, list[Any]]:
    """The tariffs by column, each until the next of its activity and list begins."""
    stated = [
        (activity_id, tariff, _ends(tariffs, activity_id, tariff))
        for tariffs in lists
        for activity_id, tariff in tariffs
    ]
    definitions = [tariff.definition for _, tariff, _ in stated]
    return {
        "tariff_no": list(range(len(stated))),
        "activity_id": [activity_id for activity_id, _, _ in stated],
        "first": [tariff.effective_from for _, tariff, _ in stated],
        "after": [after for _, _, after in stated],
        "way": [way_of(definition.quotient) for definition in definitions],
        "is_enrolled": [definition.siblings == "enrolled" for definition in definitions],
    }


def _ends(tariffs: Sequence[tuple[UUID, Tariff]], activity_id: UUID, tariff: Tariff) -> date:
    """The day on which the next tariff of the activity begins."""
    later = [
        other.effective_from
        for own, other in tariffs
        if own == activity_id and other.effective_from > tariff.effective_from
    ]
    return min(later, default=NEVER)


async def gather(work: DriverTransaction, scope: Scope) -> None:
    """Gather the charges of families of which nothing is billed yet: what has one price is one group."""
    statement = Statement(f"""
CREATE TEMP TABLE work_group ON COMMIT DROP AS
SELECT k.*, dense_rank() OVER (ORDER BY {_KEY})::integer AS key_no FROM (
    SELECT e.*, a.label AS activity_label, f.name AS child_name, {_OF_PERIOD_COLUMNS} FROM (
        SELECT family_id, child_id, activity_id, tariff_no, period_no, {_OF_CHARGE},
            array_agg(booking_id) AS bookings, array_agg(service_date) AS days, count(*)::integer AS size,
            bool_or(status = 'cancel_requested') AS is_undecided, bit_xor(fingerprint) AS fingerprint
        FROM (
            SELECT c.family_id, c.child_id, c.activity_id, t.tariff_no, f.period_no, c.booking_id,
                c.service_date, c.status, uuid_hash_extended(c.booking_id, c.revision) AS fingerprint,
                {_of_charge(scope.needs)}
            {_from(scope)}
            WHERE NOT w.one_by_one AND {IS_BILLABLE}
        ) AS b
        GROUP BY family_id, child_id, activity_id, tariff_no, period_no, {_OF_CHARGE}
    ) AS e
    JOIN work_activity a USING (activity_id)
    LEFT JOIN work_child f USING (period_no)
    LEFT JOIN work_tariff t USING (tariff_no)
) AS k
""")  # noqa: S608 - constants only
    await work.rows(statement, scope.parameters())
    await work.execute("ANALYZE work_group (family_id, key_no)")


_KEYS = Statement(f"""
SELECT DISTINCT ON (key_no) key_no, {_KEY} FROM work_group WHERE tariff_no IS NOT NULL ORDER BY key_no
""")  # noqa: S608 - constants only


_MARK_ONE_BY_ONE = Statement("""
UPDATE work_family w SET one_by_one = true FROM work_group g
WHERE g.family_id = w.family_id AND g.key_no = ANY (CAST(:key_no AS integer[]))
""")
_LEAVE_ONE_BY_ONE = Statement("""
DELETE FROM work_group g USING work_family w WHERE w.family_id = g.family_id AND w.one_by_one
""")


_ONE_BY_ONE = Statement("""
SELECT w.family_id, w.addressee, coalesce(bit_xor(uuid_hash_extended(l.line_id, 0)), 0) AS billed
FROM work_family w LEFT JOIN work_billed_line l USING (family_id) WHERE w.one_by_one GROUP BY 1, 2
""")


async def take_one_by_one(work: DriverTransaction, key_no: Sequence[int]) -> None:
    """Leave the families that have one of the keys to be billed charge by charge (`known`)."""
    if key_no:
        await work.rows(_MARK_ONE_BY_ONE, {"key_no": list(key_no)})
        await work.rows(_LEAVE_ONE_BY_ONE, {})


async def keys(work: DriverTransaction) -> list[Key]:
    """The distinct keys of what was gathered."""
    return [Key(row["key_no"], row["tariff_no"], facts_of(row)) for row in await work.rows(_KEYS, {})]


_BILLED = Statement("""
CREATE TEMP TABLE work_billed ON COMMIT DROP AS
SELECT b.booking_id, sum(b.quantity) FILTER (WHERE l.kind = 'charge')::integer AS units,
    sum(b.cents)::integer AS cents, min(l.child_name) AS child_name
FROM work_billed_line l
CROSS JOIN LATERAL unnest(l.bookings, l.quantities, l.amounts) AS b (booking_id, quantity, cents) GROUP BY 1
""")


async def one_by_one(work: DriverTransaction) -> dict[UUID, Record]:
    """The families that are billed charge by charge: whom their invoice goes to, and a fingerprint of the
    lines that were ``billed``."""
    return {row["family_id"]: row for row in await work.rows(_ONE_BY_ONE, {})}


async def known(work: DriverTransaction, scope: Scope) -> list[Record]:
    """The charges of the families that are billed one by one, with what was billed of each."""
    await work.rows(_BILLED, {})
    await work.execute("ANALYZE work_billed")
    statement = Statement(f"""
SELECT e.*, f.name AS child_name, {_OF_PERIOD_COLUMNS} FROM (
    SELECT c.family_id, c.booking_id, b.child_name AS billed_name, {STANDING} AS status, c.child_id,
        c.activity_id, t.tariff_no, f.period_no, a.label AS activity_label, c.service_date,
        coalesce(b.units, 0) AS billed_units, coalesce(b.cents, 0) AS billed_cents,
        c.status = 'cancel_requested' AS is_undecided,
        uuid_hash_extended(c.booking_id, c.revision) AS fingerprint, {_of_charge(scope.needs)}
    {_from(scope)}
    LEFT JOIN work_billed b ON b.booking_id = c.booking_id
    WHERE w.one_by_one AND ({IS_BILLABLE}
        OR {STANDING} = ANY (CAST(:given_back AS text[])) AND b.booking_id IS NOT NULL)
) AS e
LEFT JOIN work_child f USING (period_no)
LEFT JOIN work_tariff t USING (tariff_no)
ORDER BY e.family_id, e.service_date, e.booking_id
""")  # noqa: S608 - constants only
    return await work.rows(statement, scope.parameters())
