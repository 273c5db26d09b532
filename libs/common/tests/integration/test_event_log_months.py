"""The event log by months: it never runs out of partitions, and forgets only what is old enough."""

import gzip
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from preau.common.db.database import Database
from preau.common.db.driver import connect
from preau.common.db.event_log import MONTHS_AHEAD, create_event_log_functions, forget_old_months, make_months
from preau.common.db.roles import ServiceDatabase

from .conftest import as_migration

WRITE = """
INSERT INTO event_log (
    msg_id, commune_id, aggregate_id, aggregate_version, routing_key, payload, headers, created_at
) SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 'tests.thing.happened.v1', '{}', '{}',
    date_trunc('month', now()) - make_interval(months => m) + interval '9 days'
FROM generate_series(0, $1::int - 1) AS m
"""
WHERE_IT_LIES = """
SELECT tableoid::regclass::text AS partition, to_char(created_at AT TIME ZONE 'UTC', 'YYYYMM') AS month
FROM event_log
"""
FORMER_MONTH = """
CREATE TABLE event_log_{name} PARTITION OF event_log FOR VALUES FROM ('{first}') TO ('{after}')
"""


async def as_owner(made: ServiceDatabase, *statements: str, zone: str = "UTC") -> None:
    connection = await connect(made.owner_url, server_settings={"timezone": zone})
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def write(made: ServiceDatabase, months: int) -> None:
    connection = await connect(made.system_url)
    await connection.execute(WRITE, months)
    await connection.close()


async def partitions(made: ServiceDatabase) -> list[str]:
    connection = await connect(made.owner_url)
    rows = await connection.fetch("SELECT partition FROM preau_event_log_partitions() ORDER BY 1")
    await connection.close()
    return [row[0] for row in rows]


async def lying(made: ServiceDatabase) -> list[tuple[str, str]]:
    connection = await connect(made.owner_url)
    rows = await connection.fetch(WHERE_IT_LIES)
    await connection.close()
    return [(row["partition"], row["month"]) for row in rows]


async def test_a_log_that_ran_out_of_partitions_long_ago_is_brought_up_to_date(
    technical_database: ServiceDatabase,
) -> None:
    """Fourteen months of events, all in the default partition: none is lost, each comes into its month."""
    await write(technical_database, 14)
    assert {partition for partition, _ in await lying(technical_database)} == {"event_log_default"}
    await as_migration(technical_database, create_event_log_functions)
    await as_owner(technical_database, f"SELECT preau_event_log_months({MONTHS_AHEAD})")
    after = await lying(technical_database)
    assert len(after) == 14
    assert all(partition == f"event_log_{month}" for partition, month in after)
    assert len(await partitions(technical_database)) == 14 + MONTHS_AHEAD


async def test_the_periodic_job_makes_months_with_the_rights_of_the_system(
    technical_database: ServiceDatabase, database: Database
) -> None:
    await write(technical_database, 3)
    await make_months(database)
    await make_months(database)
    assert len(await partitions(technical_database)) == 3 + MONTHS_AHEAD
    assert all(partition != "event_log_default" for partition, _ in await lying(technical_database))


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Martinique", "Pacific/Noumea"])
async def test_partitions_that_a_server_in_another_time_zone_made_are_in_nobodys_way(
    technical_database: ServiceDatabase, database: Database, zone: str
) -> None:
    """A former version made them by the server's time zone: some hours before or after those of UTC."""
    connection = await connect(technical_database.owner_url)
    first, after, name = await connection.fetchrow(
        "SELECT date_trunc('month', now())::date::text,"
        " (date_trunc('month', now()) + interval '1 month')::date::text, to_char(now(), 'YYYYMM')"
    )
    await connection.close()
    month = FORMER_MONTH.format(name=name, first=first, after=after)
    await as_owner(technical_database, month, zone=zone)
    await write(technical_database, 3)
    await make_months(database)
    assert len(await partitions(technical_database)) == 3 + MONTHS_AHEAD
    assert len(await lying(technical_database)) == 3


async def test_old_months_are_exported_then_dropped_and_young_ones_stay(
    technical_database: ServiceDatabase, database: Database, tmp_path: Path
) -> None:
    await write(technical_database, 16)
    await make_months(database)
    await forget_old_months(database, months_kept=0, export_folder=tmp_path)
    assert len(await lying(technical_database)) == 16, "0 keeps all"
    await forget_old_months(database, months_kept=13, export_folder=tmp_path)
    kept = await lying(technical_database)
    assert len(kept) == 14, "this month and thirteen whole ones"
    exported = sorted(tmp_path.glob("event_log_*.csv.gz"))  # noqa: ASYNC240
    assert len(exported) == 2
    await _load(technical_database, exported)
    assert len(await lying(technical_database)) == 16, "what was exported can be read again"


async def _load(made: ServiceDatabase, exported: list[Path]) -> None:
    connection: Any = await connect(made.owner_url)
    await connection.execute("CREATE TABLE again (LIKE event_log)")
    for path in exported:
        with gzip.open(path) as source:
            await connection.copy_to_table("again", source=source, format="csv", header=True)
    await connection.execute("INSERT INTO event_log SELECT * FROM again")
    await connection.close()


async def test_nobody_makes_partitions_without_end(database: Database) -> None:
    with pytest.raises(Exception, match="12 months ahead at most"):
        async with database.system_transaction() as session:
            await session.execute(text("SELECT preau_event_log_months(500)"))


async def test_nobody_drops_what_is_younger_than_a_year_or_something_else(
    technical_database: ServiceDatabase, database: Database
) -> None:
    await write(technical_database, 11)
    await make_months(database)
    young = (await partitions(technical_database))[0]
    for name in (young, "audit_log", "event_log_default", "event_log"):
        with pytest.raises(Exception, match="no partition of the event log"):
            async with database.system_transaction() as session:
                await session.execute(text("SELECT preau_drop_event_log(:name)"), {"name": name})
    assert len(await lying(technical_database)) == 11


@pytest.mark.parametrize("role", ["url", "audit_url"])
async def test_only_the_system_makes_and_drops_months(technical_database: ServiceDatabase, role: str) -> None:
    connection = await connect(getattr(technical_database, role))
    for call in ("preau_event_log_months(1)", "preau_drop_event_log('event_log_209901')"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"SELECT {call}")
    await connection.close()


async def test_a_partition_is_reached_through_the_log_alone(
    technical_database: ServiceDatabase, database: Database
) -> None:
    await make_months(database)
    for partition in (*await partitions(technical_database), "event_log_default"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.system_transaction() as session:
                await session.execute(text(f"TABLE {partition}"))
