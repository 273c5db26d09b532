"""What the former version wrote, after the migration: the same prices, the same families, the same lines."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from asyncpg import RestrictViolationError

from preau.billing.copies.families import FamilyRecord, addressee_of
from preau.billing.tariffs.definition import DEFINITION
from preau.billing.tariffs.domain import price
from preau.billing.tariffs.facts import PriceFacts
from preau.billing.tariffs.faults import faults
from preau.billing.tariffs.periods import periods_of
from preau.common.db.driver import Connection, connect
from preau.common.db.migrations import migrate
from preau.common.db.provision import drop, provision
from preau.common.ids import new_id
from preau.contracts.billing import TariffUpdatedV1
from preau.contracts.identity import Quotient
from preau.testing.databases import PASSWORDS
from preau.testing.infrastructure import postgres_admin_url
from preau.testing.town import Household

COMMUNE, MEAL, REGIE = new_id(), new_id(), new_id()
NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)
BRACKETS = [
    {"from": 0, "to": 700, "label": "A", "amount_cents": 120},
    {"from": 700, "to": None, "label": "B", "amount_cents": 345},
]
BY_QUOTIENT = {"kind": "brackets", "base": "quotient", "brackets": BRACKETS, "missing_quotient": "A"}
RATE = {"kind": "effort_rate", "rate": "0.0065", "floor_cents": 150, "ceiling_cents": 900}
RANKS = [{"rank": 3, "percent": "-20.00"}, {"rank": 2, "percent": "-10.00"}]

Sample = tuple[int | None, int, str, int]
"""A quotient, a rank, a residency, and the price in cents that the former version asked."""


@pytest.fixture
async def owner_url() -> AsyncIterator[str]:
    """The owner's address of a database that the former version migrated."""
    name = f"billing_former_{new_id().hex[-12:]}"
    made = await provision(postgres_admin_url(), name, PASSWORDS)
    await migrate("billing", made.owner_url, revision="0004")
    yield made.owner_url
    await drop(postgres_admin_url(), [name])


@pytest.fixture
async def former(owner_url: str) -> AsyncIterator[Connection]:
    connection = await connect(owner_url)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("stated", "samples"),
    [
        ({"kind": "flat", "amount_cents": 140}, [(None, 1, "resident", 140), (612, 3, "non_resident", 140)]),
        (
            BY_QUOTIENT | {"siblings": RANKS, "non_resident": {"kind": "price", "amount_cents": 560}},
            [
                (699, 1, "resident", 120),
                (700, 2, "resident", 311),
                (None, 3, "resident", 96),
                (612, 3, "non_resident", 560),
            ],
        ),
        (
            BY_QUOTIENT | {"non_resident": {"kind": "supplement", "amount_cents": 100}, "siblings": RANKS},
            [(612, 1, "non_resident", 220), (612, 2, "non_resident", 198), (612, 4, "resident", 96)],
        ),
        (
            BY_QUOTIENT
            | {"non_resident": {"kind": "multiplier", "factor": "1.5"}, "missing_quotient": "highest"},
            [(612, 1, "non_resident", 180), (None, 1, "non_resident", 518), (None, 1, "resident", 345)],
        ),
        (
            BY_QUOTIENT | {"non_resident": {"kind": "grid", "brackets": [BRACKETS[1] | {"from": 0}]}},
            [(612, 1, "non_resident", 345), (612, 1, "resident", 120), (None, 1, "non_resident", 345)],
        ),
        (RATE, [(612, 1, "resident", 398), (None, 1, "resident", 900), (1, 1, "resident", 150)]),
        (RATE | {"missing_quotient": "floor"}, [(None, 1, "resident", 150), (2000, 1, "resident", 900)]),
    ],
)
async def test_a_tariff_asks_what_it_asked(
    owner_url: str, former: Connection, stated: dict[str, Any], samples: list[Sample]
):
    await former.execute(
        "INSERT INTO tariff (tariff_id, commune_id, activity_id, effective_from, definition)"
        " VALUES ($1, $2, $3, '2025-09-01', $4)",
        *(new_id(), COMMUNE, MEAL, json.dumps(stated)),
    )
    await migrate("billing", owner_url)
    definition = DEFINITION.validate_json(await former.fetchval("SELECT definition::text FROM tariff"))
    assert faults(definition) == {}
    for quotient, rank, residency, cents in samples:
        value = None if quotient is None else Decimal(quotient)
        facts = PriceFacts(quotient=value, rank=rank, residency=residency, units=2)
        assert price(definition, facts).unit_cents == cents, (quotient, rank, residency)
        assert price(definition, facts).quantity == 2


async def test_the_tariffs_that_stand_are_published(owner_url: str, former: Connection):
    """What the last statement told, had it been told: a version a statement, the first day of all."""
    stated = (
        "INSERT INTO tariff (tariff_id, commune_id, activity_id, effective_from, definition, superseded_at)"
    )
    for day, superseded in ((date(2026, 9, 1), None), (date(2025, 9, 1), NOW), (date(2025, 9, 1), None)):
        values = (new_id(), COMMUNE, MEAL, day, json.dumps(BY_QUOTIENT), superseded)
        await former.execute(f"{stated} VALUES ($1, $2, $3, $4, $5, $6)", *values)
    await migrate("billing", owner_url)
    [row] = await former.fetch(
        "SELECT type, version, routing_key, payload::text, aggregate_version FROM outbox"
    )
    told = TariffUpdatedV1.model_validate_json(row["payload"])
    assert told == TariffUpdatedV1(
        commune_id=COMMUNE, aggregate_id=MEAL, aggregate_version=3, first_day=date(2025, 9, 1)
    )
    assert (row["type"], row["version"]) == (told.event_type, told.event_version)
    assert (row["routing_key"], row["aggregate_version"]) == (told.full_type(), 3)


async def test_families_are_what_their_records_say(owner_url: str, former: Connection):
    quotients = (
        Quotient(value=300, effective_from=date(2025, 1, 1), effective_to=date(2026, 3, 1)),
        Quotient(value=900, effective_from=date(2026, 3, 1)),
    )
    event = Household(COMMUNE, "Famille Martin", 3).event(quotients=quotients)
    record = event.model_dump(mode="json")
    for name in ("residencies", "payers"):
        del record[name]
    await former.execute(
        "INSERT INTO family_copy VALUES ($1, $2, 1, $3, $4)",
        *(event.aggregate_id, COMMUNE, event.label, json.dumps(record)),
    )
    await migrate("billing", owner_url)
    addressee = await former.fetchval("SELECT addressee::text FROM family_copy")
    assert json.loads(addressee) == addressee_of(event)
    rows = await former.fetch("SELECT * FROM child_period ORDER BY child_id, valid_from")
    told = {(row["child_id"], day): row for row in rows for day in _days(row["valid_from"], row["valid_to"])}
    for period in periods_of(FamilyRecord(record)):
        for day in _days(period.valid_from, period.valid_to):
            row = told[period.child_id, day]
            assert (row["name"], row["residency"], row["category"]) == (
                period.name,
                period.residency,
                period.category,
            )
            assert (row["counts"], row["rank"], row["children"]) == (
                period.counts,
                period.rank,
                period.children,
            )
            assert tuple(row["quotients"]) == period.quotients


def _days(begin: date, end: date) -> list[date]:
    """Some days on which something may change."""
    looked_at = [date(year, month, 1) for year in range(2014, 2037) for month in (1, 3, 5, 6)]
    return [day for day in looked_at if begin <= day < end]


async def test_lines_hold_the_bookings_that_were_behind_them(owner_url: str, former: Connection):
    family, run, invoice, line = (new_id() for _ in range(4))
    bookings = sorted(new_id() for _ in range(2))
    await former.execute(
        f"""
INSERT INTO regie VALUES ('{REGIE}', '{COMMUNE}', 'RS', 'Cantine', 30, 'RS', 1);
INSERT INTO billing_run (run_id, commune_id, regie_id, period, kind, sequence, status, tariffs, chunks_total)
    VALUES ('{run}', '{COMMUNE}', '{REGIE}', '2026-03', 'month_end', 1, 'computed',
    '{{"{MEAL}": [{{"effective_from": "2025-09-01",
    "definition": {{"kind": "flat", "amount_cents": 33}}}}]}}', 1);
INSERT INTO run_family VALUES ('{run}', '{family}', '{COMMUNE}', 1, '{{"label": "Famille Martin"}}');
INSERT INTO invoice (invoice_id, commune_id, regie_id, regie_label, family_id, kind, period, status,
    total_cents, run_id, addressee, issuer)
    VALUES ('{invoice}', '{COMMUNE}', '{REGIE}', 'Cantine', '{family}', 'month_end', '2026-03', 'draft', 300,
    '{run}', '{{"label": "Famille Martin"}}', '{{}}');
INSERT INTO invoice_line VALUES ('{line}', '{COMMUNE}', '{invoice}', 1, '{family}', 'Zoé', '{MEAL}', 'Repas',
    'Repas', 9, 33, 300, 'QF 333');
INSERT INTO invoice_line_charge VALUES ('{line}', '{bookings[1]}', '{COMMUNE}', '2026-03-03', 6, 200),
    ('{line}', '{bookings[0]}', '{COMMUNE}', '2026-03-02', 3, 100);
UPDATE invoice SET status = 'issued', number = 'RS-2026-000001', series_year = 2026, series_number = 1,
    issued_on = '2026-04-01', due_date = '2026-05-01';
"""  # noqa: S608
    )
    await migrate("billing", owner_url)
    row = await former.fetchrow("SELECT * FROM invoice_line")
    assert (row["kind"], row["family_id"], row["bookings"]) == ("charge", family, bookings)
    assert row["days"] == [date(2026, 3, 2), date(2026, 3, 3)] == [row["first_day"], row["last_day"]]
    assert (row["quantities"], row["amounts"]) == ([3, 6], [100, 200])
    tariffs = json.loads(await former.fetchval("SELECT tariffs::text FROM billing_run"))
    assert tariffs[str(MEAL)][0]["definition"] == {"rows": [{"price": {"kind": "flat", "amount_cents": 33}}]}
    assert await former.fetchval("SELECT label FROM run_family") == "Famille Martin"
    with pytest.raises(RestrictViolationError, match="written once"):
        await former.execute("UPDATE invoice_line SET kind = 'price'")
