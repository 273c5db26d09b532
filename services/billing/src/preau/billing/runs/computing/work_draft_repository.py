"""SQL of a chunk's drafts, set-based: what was gathered is drawn up in lines, written, and looked at.

The tables are those that `work_repository` lays out in the same transaction.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from preau.billing.runs.computing.pricing import PricedKeys
from preau.billing.runs.domain import FAR_CENTS, FAR_TIMES, Anomaly, far_from_last_month
from preau.billing.runs.tables import BillingRun
from preau.billing.tariffs.months import month_before
from preau.common.db.driver import DriverTransaction, Record, Statement

_LINES = Statement("""
CREATE TEMP TABLE work_line ON COMMIT DROP AS
SELECT new_id() AS line_id, l.*, row_number() OVER (
    PARTITION BY family_id ORDER BY child_name, child_id, activity_label, activity_id, kind, label,
    unit_cents, explanation)::integer AS position
FROM (
    SELECT g.family_id, g.child_id, coalesce(g.child_name, CAST(:unnamed AS text)) AS child_name,
        g.activity_id, g.activity_label, t.kind, t.label, t.unit_cents, t.explanation,
        sum(g.size * p.quantity)::integer AS quantity,
        concatenated(g.bookings) AS bookings, concatenated(g.days) AS days,
        concatenated(array_fill(p.quantity, ARRAY[g.size])) AS quantities,
        concatenated(array_fill(p.quantity * t.unit_cents, ARRAY[g.size])) AS amounts
    FROM work_group g
    JOIN unnest(CAST(:key_no AS integer[]), CAST(:term_no AS integer[]), CAST(:quantity AS integer[]))
        AS p (key_no, term_no, quantity) USING (key_no)
    JOIN unnest(CAST(:kind AS text[]), CAST(:label AS text[]), CAST(:unit_cents AS integer[]),
        CAST(:explanation AS text[])) WITH ORDINALITY AS t (kind, label, unit_cents, explanation, term_no)
        ON t.term_no = p.term_no
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
) AS l
""")
_DRAFTS = Statement("""
CREATE TEMP TABLE work_draft ON COMMIT DROP AS
SELECT new_id() AS invoice_id, w.family_id, w.label, w.addressee, t.total_cents, s.fingerprint
FROM work_family w
JOIN (SELECT family_id, sum(quantity * unit_cents)::integer AS total_cents FROM work_line GROUP BY 1) AS t
    USING (family_id)
JOIN (SELECT family_id, bit_xor(fingerprint) AS fingerprint FROM work_group GROUP BY 1) AS s USING (family_id)
WHERE w.addressee IS NOT NULL
""")
_ANALYSE_DRAFTS = "ANALYZE work_line (family_id); ANALYZE work_draft (family_id)"
_WRITE_INVOICES = Statement("""
INSERT INTO invoice (invoice_id, commune_id, regie_id, regie_label, family_id, kind, period, status,
    total_cents, run_id, charges_seen, addressee, issuer)
SELECT invoice_id, CAST(:commune_id AS uuid), CAST(:regie_id AS uuid), CAST(:regie_label AS text), family_id,
    CAST(:kind AS text), CAST(:period AS text), 'draft', total_cents, CAST(:run_id AS uuid), fingerprint,
    addressee, CAST(CAST(:issuer AS text) AS jsonb)
FROM work_draft ORDER BY invoice_id
""")
_WRITE_LINES = Statement("""
INSERT INTO invoice_line (line_id, commune_id, invoice_id, family_id, kind, position, child_id, child_name,
    activity_id, activity_label, label, quantity, unit_cents, amount_cents, explanation, first_day, last_day,
    bookings, days, quantities, amounts)
SELECT l.line_id, CAST(:commune_id AS uuid), d.invoice_id, l.family_id, l.kind, l.position, l.child_id,
    l.child_name, l.activity_id, l.activity_label, l.activity_label || l.label, l.quantity, l.unit_cents,
    l.quantity * l.unit_cents, l.explanation, (SELECT min(day) FROM unnest(l.days) AS day),
    (SELECT max(day) FROM unnest(l.days) AS day), l.bookings, l.days, l.quantities, l.amounts
FROM work_line l JOIN work_draft d USING (family_id)
""")


async def draw_up(work: DriverTransaction, keys: PricedKeys, unnamed: str) -> None:
    """Draw up the lines and drafts of what was gathered; ``unnamed`` is what an unknown child is called."""
    terms, uses = keys.terms, keys.uses
    await work.rows(
        _LINES,
        {
            "unnamed": unnamed,
            "key_no": [use.key_no for use in uses],
            "term_no": [use.term + 1 for use in uses],
            "quantity": [use.quantity for use in uses],
            "kind": [term.kind for term in terms],
            "label": [term.label for term in terms],
            "unit_cents": [term.unit_cents for term in terms],
            "explanation": [term.explanation for term in terms],
        },
    )
    await work.rows(_DRAFTS, {})
    await work.execute(_ANALYSE_DRAFTS)


async def write(work: DriverTransaction, run: BillingRun, issuer: str, regie_label: str) -> None:
    """Write the drafts that were drawn up, with their lines. ``issuer`` is JSON."""
    names = {"commune_id": run.commune_id}
    await work.rows(
        _WRITE_INVOICES,
        {
            **names,
            "regie_id": run.regie_id,
            "regie_label": regie_label,
            "kind": run.kind,
            "period": run.period,
            "run_id": run.run_id,
            "issuer": issuer,
        },
    )
    await work.rows(_WRITE_LINES, names)


_SEEN = Statement("""
UPDATE run_family f SET charges_seen = s.fingerprint
FROM (
    SELECT w.family_id, coalesce(k.fingerprint, g.fingerprint, 0) AS fingerprint FROM work_family w
    LEFT JOIN (SELECT family_id, bit_xor(fingerprint) AS fingerprint FROM work_group GROUP BY 1) AS g
        USING (family_id)
    LEFT JOIN unnest(CAST(:family_ids AS uuid[]), CAST(:fingerprints AS bigint[]))
        AS k (family_id, fingerprint) USING (family_id)
    WHERE NOT EXISTS (SELECT FROM work_draft d WHERE d.family_id = w.family_id)
) AS s
WHERE f.run_id = CAST(:run_id AS uuid) AND f.family_id = s.family_id
    AND coalesce(f.charges_seen, 0) <> s.fingerprint
""")
_UNDRAFTED = Statement("""
SELECT EXISTS (SELECT FROM work_family w WHERE NOT EXISTS (
    SELECT FROM work_draft d WHERE d.family_id = w.family_id)) AS are_there
""")
_TOTALS = Statement("SELECT count(*) AS drafts, coalesce(sum(total_cents), 0) AS cents FROM work_draft")
_ODD = Statement("""
SELECT g.family_id, g.activity_label, g.tariff_no IS NOT NULL AS has_tariff,
    g.child_name IS NOT NULL AS has_child,
    g.key_no = ANY (CAST(:missing AS integer[])) AS quotient_is_missing, g.is_undecided
FROM work_group g JOIN work_family w USING (family_id)
WHERE w.addressee IS NOT NULL AND (g.tariff_no IS NULL OR g.child_name IS NULL OR g.is_undecided
    OR g.key_no = ANY (CAST(:missing AS integer[])))
""")
_UNKNOWN = Statement("""
SELECT w.family_id, coalesce(sum(g.size), 0)::integer AS charges
FROM work_family w JOIN work_group g USING (family_id) WHERE w.addressee IS NULL GROUP BY 1
""")
_FAR = Statement("""
SELECT i.family_id, i.total_cents, p.total_cents AS previous_cents
FROM work_family w
JOIN invoice i ON i.run_id = CAST(:run_id AS uuid) AND i.family_id = w.family_id
JOIN invoice p ON p.regie_id = CAST(:regie_id AS uuid) AND p.family_id = w.family_id
    AND p.period = CAST(:before AS text) AND p.kind = 'month_end' AND p.status <> 'cancelled'
WHERE p.number IS NOT NULL AND p.total_cents > 0
    AND abs(i.total_cents - p.total_cents) >= CAST(:far_cents AS integer)
    AND (i.total_cents >= p.total_cents * CAST(:far_times AS integer)
        OR i.total_cents * CAST(:far_times AS integer) <= p.total_cents)
    AND w.carried_from IS NULL AND (
        SELECT f.carried_from FROM run_family f WHERE f.run_id = p.run_id AND f.family_id = p.family_id
    ) IS NULL
""")
_IN_FAVOUR = Statement("SELECT family_id, total_cents FROM work_draft WHERE total_cents <= 0")


class Odd(NamedTuple):
    """What is odd among a chunk's families: charges, families not known, drafts that ask for nothing."""

    charges: Sequence[Record]
    unknown: Sequence[tuple[UUID, int]]
    nothing_due: Sequence[tuple[UUID, int]]


async def remember(work: DriverTransaction, run: BillingRun, known: Mapping[UUID, int]) -> None:
    """Keep what was seen of the families without a draft; ``known`` are those billed charge by charge."""
    [undrafted] = await work.rows(_UNDRAFTED, {})
    if not undrafted["are_there"]:
        return
    names = {"family_ids": list(known), "fingerprints": list(known.values())}
    await work.rows(_SEEN, {"run_id": run.run_id, **names})


async def totals(work: DriverTransaction) -> tuple[int, int]:
    """How many drafts were drawn up, and their cents."""
    [row] = await work.rows(_TOTALS, {})
    return row["drafts"], row["cents"]


async def odd(work: DriverTransaction, missing: Sequence[int]) -> Odd:
    """What an agent should look at; ``missing`` are the keys whose quotient is not known."""
    return Odd(
        await work.rows(_ODD, {"missing": list(missing)}),
        [tuple(row) for row in await work.rows(_UNKNOWN, {})],
        [tuple(row) for row in await work.rows(_IN_FAVOUR, {})],
    )


async def far(work: DriverTransaction, run: BillingRun) -> list[tuple[UUID, Anomaly]]:
    """The families whose draft is far from their invoice of the month before.

    An invoice of several months is not compared with one of a month.
    """
    rows = await work.rows(
        _FAR,
        {
            "run_id": run.run_id,
            "regie_id": run.regie_id,
            "before": month_before(run.period),
            "far_cents": FAR_CENTS,
            "far_times": FAR_TIMES,
        },
    )
    return [(row[0], far_from_last_month(row[1], row[2])) for row in rows]
