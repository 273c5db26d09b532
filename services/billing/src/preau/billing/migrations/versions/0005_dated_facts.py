"""Tariffs in their grammar, facts by date, and lines that hold their charges.

Tariffs are stated anew in the grammar that has rows, steps and supplements. What a child is to prices is kept
by period. A line of an invoice holds the bookings that it counts; what was billed of a booking is read there,
and no longer noted on its charge.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from alembic import op
from sqlalchemy import text

from preau.common.db.migrations import enable_tenant_rls, execute_script

revision = "0005"
down_revision = "0004"

Json = dict[str, Any]

ALWAYS, NEVER = date.min, date.max
ADULT = 18

_NEW_ID = """
CREATE FUNCTION new_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
        FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;
COMMENT ON FUNCTION new_id() IS 'A UUIDv7, as preau.common.ids makes them';
CREATE AGGREGATE concatenated (anycompatiblearray) (sfunc = array_cat, stype = anycompatiblearray);
COMMENT ON AGGREGATE concatenated (anycompatiblearray) IS 'Arrays of any lengths, one behind the other';
"""
_FACTS = """
ALTER TABLE family_copy ADD COLUMN addressee jsonb;
CREATE TABLE child_period (
    family_id uuid NOT NULL,
    child_id uuid NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    commune_id uuid NOT NULL,
    name text NOT NULL,
    residency text NOT NULL,
    category text NOT NULL,
    counts boolean NOT NULL,
    rank integer NOT NULL,
    children integer NOT NULL,
    quotients integer[] NOT NULL,
    PRIMARY KEY (family_id, child_id, valid_from),
    CHECK (valid_from < valid_to),
    CHECK (cardinality(quotients) = 4)
);
"""
_CHARGES = """
ALTER TABLE charge
    ADD COLUMN revision integer NOT NULL DEFAULT 1,
    ADD COLUMN present boolean,
    ADD COLUMN arrived_at timestamptz,
    ADD COLUMN left_at timestamptz,
    DROP COLUMN invoiced_units,
    DROP COLUMN invoiced_cents,
    DROP COLUMN invoice_id,
    DROP COLUMN run_id;
UPDATE charge SET present = (status = 'attended')
WHERE status IN ('attended', 'absent_justified', 'absent_unjustified');
"""
_LINES = """
ALTER TABLE invoice ADD COLUMN charges_seen bigint;
ALTER TABLE invoice_line
    ADD COLUMN kind text NOT NULL DEFAULT 'charge' CHECK (kind IN ('charge', 'price', 'supplement')),
    ADD COLUMN family_id uuid,
    ADD COLUMN first_day date,
    ADD COLUMN last_day date,
    ADD COLUMN bookings uuid[],
    ADD COLUMN days date[],
    ADD COLUMN quantities integer[],
    ADD COLUMN amounts integer[];
ALTER TABLE invoice_line DISABLE TRIGGER USER;
UPDATE invoice_line l SET family_id = i.family_id, first_day = c.first_day, last_day = c.last_day,
    bookings = c.bookings, days = c.days, quantities = c.quantities, amounts = c.amounts
FROM invoice i, (
    SELECT line_id, min(service_date) AS first_day, max(service_date) AS last_day,
        array_agg(booking_id ORDER BY service_date) AS bookings,
        array_agg(service_date ORDER BY service_date) AS days,
        array_agg(units ORDER BY service_date) AS quantities,
        array_agg(amount_cents ORDER BY service_date) AS amounts
    FROM invoice_line_charge GROUP BY line_id
) AS c
WHERE i.invoice_id = l.invoice_id AND c.line_id = l.line_id;
ALTER TABLE invoice_line ENABLE TRIGGER USER;
ALTER TABLE invoice_line
    ALTER COLUMN kind DROP DEFAULT,
    ALTER COLUMN family_id SET NOT NULL,
    ALTER COLUMN first_day SET NOT NULL,
    ALTER COLUMN last_day SET NOT NULL,
    ALTER COLUMN bookings SET NOT NULL,
    ALTER COLUMN days SET NOT NULL,
    ALTER COLUMN quantities SET NOT NULL,
    ALTER COLUMN amounts SET NOT NULL,
    ADD CHECK (cardinality(bookings) = cardinality(days) AND cardinality(bookings) = cardinality(quantities)
        AND cardinality(bookings) = cardinality(amounts)),
    ADD CONSTRAINT invoice_line_multiplies CHECK (quantity * unit_cents = amount_cents) NOT VALID;
CREATE INDEX ix_invoice_line_family ON invoice_line (family_id, first_day);
DROP TABLE invoice_line_charge;
CREATE OR REPLACE FUNCTION refuse_issued_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM changed JOIN invoice USING (invoice_id) WHERE invoice.status <> 'draft') THEN
        RAISE EXCEPTION 'lines of issued invoices are immutable' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
_RUNS = """
ALTER TABLE run_family ADD COLUMN label text, ADD COLUMN addressee jsonb;
CREATE TABLE run_child (
    run_id uuid NOT NULL REFERENCES billing_run,
    family_id uuid NOT NULL,
    child_id uuid NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    commune_id uuid NOT NULL,
    chunk_number integer NOT NULL,
    name text NOT NULL,
    residency text NOT NULL,
    category text NOT NULL,
    counts boolean NOT NULL,
    rank integer NOT NULL,
    children integer NOT NULL,
    quotients integer[] NOT NULL,
    PRIMARY KEY (run_id, chunk_number, family_id, child_id, valid_from)
);
"""
_FROZEN = """
UPDATE run_family SET label = record ->> 'label';
ALTER TABLE run_family DROP COLUMN record;
"""
_ADD_PERIOD = text("""
INSERT INTO child_period (family_id, child_id, valid_from, valid_to, commune_id, name, residency, category,
    counts, rank, children, quotients)
VALUES (:family_id, :child_id, :valid_from, :valid_to, :commune_id, :name, :residency, :category,
    :counts, :rank, :children, :quotients)
""")


def upgrade() -> None:
    """Add what is new, carry over what stands, then drop what nothing reads any more."""
    for script in (_NEW_ID, _FACTS, _CHARGES, _LINES, _RUNS):
        execute_script(script)
    _restate_tariffs()
    _divide_children()
    execute_script(_FROZEN)
    for table in ("child_period", "run_child"):
        enable_tenant_rls(table)


def _restate_tariffs() -> None:
    connection = op.get_bind()
    for tariff_id, former in connection.execute(text("SELECT tariff_id, definition FROM tariff")).all():
        connection.execute(
            text("UPDATE tariff SET definition = CAST(:definition AS jsonb) WHERE tariff_id = :tariff_id"),
            {"tariff_id": tariff_id, "definition": json.dumps(restated(former))},
        )
    for run_id, former in connection.execute(text("SELECT run_id, tariffs FROM billing_run")).all():
        tariffs = {
            activity_id: [each | {"definition": restated(each["definition"])} for each in stated]
            for activity_id, stated in former.items()
        }
        connection.execute(
            text("UPDATE billing_run SET tariffs = CAST(:tariffs AS jsonb) WHERE run_id = :run_id"),
            {"run_id": run_id, "tariffs": json.dumps(tariffs)},
        )


def restated(former: Json) -> Json:
    """A former definition in the grammar: the same prices, rounded by unit."""
    residents: Json = {"residencies": ["resident"]}
    elsewhere: Json = {"residencies": ["non_resident"]}
    rule: Json | None = former.get("non_resident")
    kind = rule["kind"] if rule else None
    rows: list[Json] = [{"price": _price(former)}]
    steps: list[Json] = []
    if rule and kind in ("price", "grid"):
        own: Json = (
            {"kind": "flat", "amount_cents": rule["amount_cents"]}
            if kind == "price"
            else {"kind": "bands", "bands": _bands(rule["brackets"]), "missing": {"kind": "highest"}}
        )
        rows = [rows[0] | {"when": residents}, {"label": "hors commune", "price": own}]
    elif rule and kind == "supplement":
        steps.append({"kind": "add", "amount_cents": rule["amount_cents"], "when": elsewhere})
    elif rule:
        steps.append({"kind": "multiply", "factor": str(rule["factor"]), "when": elsewhere})
    for rank, until, percent in _ranks(former.get("siblings") or []):
        span: Json = {"from": rank} if until is None else {"from": rank, "to": until}
        when = {"rank": span} | (residents if kind == "price" else {})
        steps.append({"kind": "percent", "percent": str(percent), "when": when})
    definition: Json = {"rows": rows}
    if steps:
        definition["steps"] = steps
    if missing := _missing(former):
        definition["quotient"] = {"missing": missing}
    return definition


def _price(former: Json) -> Json:
    if former["kind"] == "flat":
        return {"kind": "flat", "amount_cents": former["amount_cents"]}
    if former["kind"] == "brackets":
        return {"kind": "bands", "bands": _bands(former["brackets"])}
    bounds = {name: former[name] for name in ("floor_cents", "ceiling_cents")}
    return {"kind": "effort_rate", "rate": str(former["rate"]), **bounds}


def _bands(brackets: Sequence[Json]) -> list[Json]:
    return [
        {
            name: str(value) if name in ("from", "to") else value
            for name, value in bracket.items()
            if value is not None
        }
        for bracket in brackets
    ]


def _missing(former: Json) -> Json | None:
    missing = former.get("missing_quotient")
    if former["kind"] == "brackets" and missing not in (None, "highest"):
        return {"kind": "band", "label": missing}
    if former["kind"] == "effort_rate" and missing == "floor":
        return {"kind": "price", "amount_cents": former["floor_cents"]}
    return None


def _ranks(siblings: Sequence[Json]) -> Iterator[tuple[int, int | None, Any]]:
    """Each rule's first rank, its last one, and its percentage."""
    ordered = sorted(siblings, key=lambda rule: rule["rank"])
    for at, rule in enumerate(ordered):
        until = ordered[at + 1]["rank"] - 1 if at + 1 < len(ordered) else None
        yield rule["rank"], until, rule["percent"]


def _divide_children() -> None:
    connection = op.get_bind()
    families = connection.execute(text("SELECT family_id, commune_id, record FROM family_copy")).all()
    for family_id, commune_id, record in families:
        connection.execute(
            text("UPDATE family_copy SET addressee = CAST(:addressee AS jsonb) WHERE family_id = :family_id"),
            {"family_id": family_id, "addressee": json.dumps(_addressee(record))},
        )
        periods = [
            period | {"family_id": family_id, "commune_id": commune_id} for period in periods_of(record)
        ]
        if periods:
            connection.execute(_ADD_PERIOD, periods)


def _addressee(record: Json) -> Json:
    """The payer (else the first guardian) at the family's address."""
    guardians = sorted(record["guardians"], key=lambda person: not person.get("is_payer"))
    civility = {"mme": "Mme ", "m": "M. "}.get(guardians[0].get("civility", ""), "") if guardians else ""
    name = f"{guardians[0]['first_name']} {guardians[0]['last_name']}" if guardians else record["label"]
    address: Json = record.get("address") or {}
    parts = {part: address.get(part, "") for part in ("street", "postal_code", "city")}
    return {"label": record["label"], "name": f"{civility}{name}", **parts}


def periods_of(record: Json) -> Iterator[Json]:
    """A family's children by period, of a record that has dates for its quotients alone."""
    children = sorted(record["children"], key=lambda child: (child["birth_date"], child["child_id"]))
    quotients = [
        (
            date.fromisoformat(each["effective_from"]),
            date.fromisoformat(each["effective_to"]) if each.get("effective_to") else NEVER,
            each["value"],
        )
        for each in record.get("quotients") or ()
    ]
    days = sorted({ALWAYS, *_changes(children, quotients)})
    for begin, end in zip(days, [*days[1:], NEVER], strict=True):
        counting = [child["child_id"] for child in children if _counts(child, begin)]
        quotient = next((value * 100 for first, after, value in quotients if first <= begin < after), None)
        for child in children:
            counts = child["child_id"] in counting
            yield {
                "child_id": UUID(child["child_id"]),
                "valid_from": begin,
                "valid_to": end,
                "name": f"{child['first_name']} {child['last_name']}",
                "residency": record.get("residency", "resident"),
                "category": child.get("level", "elementary"),
                "counts": counts,
                "rank": counting.index(child["child_id"]) + 1 if counts else 1,
                "children": max(1, len(counting)),
                "quotients": [quotient] * 4,
            }


def _changes(children: Iterable[Mapping[str, Any]], quotients: Iterable[tuple[date, date, int]]) -> set[date]:
    days = {day for first, after, _ in quotients for day in (first, after)}
    for child in children:
        born = date.fromisoformat(child["birth_date"])
        days |= {born, _birthday(born, ADULT)}
    return days - {NEVER}


def _counts(child: Mapping[str, Any], day: date) -> bool:
    born = date.fromisoformat(child["birth_date"])
    return born <= day < _birthday(born, ADULT)


def _birthday(born: date, age: int) -> date:
    """The day on which one is of an age; who was born on 29 February, on 1 March."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
