"""The event log by months: partitions made ahead by themselves, and old ones dropped, exported if wanted.

An event falls into the default partition when its month has none. ``preau_event_log_months`` makes what is
missing and moves such rows where they belong; a migration and a periodic job call it, so that neither needs
the other. The functions run as the owner of the tables: their callers may not make or drop a table otherwise.
"""

import asyncio
import gzip
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from alembic import op
from sqlalchemy import text

from preau.common.db.database import Database
from preau.common.db.driver import connect
from preau.common.db.roles import APPLICATION, AUDIT, SYSTEM
from preau.common.db.scripts import execute_script
from preau.common.logging import logger

log = logger(__name__)

MONTHS_AHEAD = 3
LEAST_MONTHS_KEPT = 12
"""Younger than that no partition can be dropped: replays and audits rest on them."""
TAKE_TIME = text("SELECT set_config('statement_timeout', '30min', true)")

_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION preau_event_log_partitions(
    OUT partition text, OUT lower timestamptz, OUT upper timestamptz
) RETURNS SETOF record LANGUAGE sql STABLE SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
    SELECT c.relname::text, bounds[1]::timestamptz, bounds[2]::timestamptz
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
        regexp_match(
            pg_get_expr(c.relpartbound, c.oid), 'FROM \\(''([^'']+)''\\) TO \\(''([^'']+)''\\)'
        ) AS bounds
    WHERE i.inhparent = 'event_log'::regclass AND bounds IS NOT NULL
$$;
CREATE OR REPLACE FUNCTION preau_event_log_months(ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    month timestamptz;
    first timestamptz;
    after timestamptz;
    name text;
    made integer := 0;
BEGIN
    IF ahead NOT BETWEEN 0 AND 12 THEN
        RAISE EXCEPTION 'the event log is made 12 months ahead at most' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('preau-event-log-months'));
    FOR month IN
        SELECT date_trunc('month', created_at) FROM event_log_default
        UNION SELECT date_trunc('month', now()) + make_interval(months => m)
            FROM generate_series(0, ahead) AS m
        ORDER BY 1
    LOOP
        name := 'event_log_' || to_char(month, 'YYYYMM');
        CONTINUE WHEN to_regclass(name) IS NOT NULL;
        -- Those that a server in another time zone made begin and end some hours off: overlap none.
        SELECT greatest(month, max(upper)) INTO first
            FROM preau_event_log_partitions() WHERE lower < month;
        SELECT least(month + interval '1 month', min(lower)) INTO after
            FROM preau_event_log_partitions() WHERE lower > month;
        LOCK TABLE event_log_default IN ACCESS EXCLUSIVE MODE;
        EXECUTE format('CREATE TABLE %I (LIKE event_log INCLUDING ALL)', name);
        EXECUTE format('REVOKE ALL ON %I FROM {APPLICATION}, {SYSTEM}, {AUDIT}', name);
        EXECUTE format(
            'WITH moved AS ('
            ' DELETE FROM event_log_default WHERE created_at >= %L AND created_at < %L RETURNING *)'
            ' INSERT INTO %I SELECT * FROM moved', first, after, name);
        EXECUTE format(
            'ALTER TABLE event_log ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, first, after);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
CREATE OR REPLACE FUNCTION preau_drop_event_log(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM preau_event_log_partitions()
        WHERE partition = name AND upper <= now() - interval '{LEAST_MONTHS_KEPT} months'
    ) THEN
        RAISE EXCEPTION '% is no partition of the event log, or not {LEAST_MONTHS_KEPT} months old', name
            USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format('DROP TABLE %I', name);
END $$;
REVOKE ALL ON FUNCTION preau_event_log_months(integer), preau_drop_event_log(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION preau_event_log_months(integer), preau_drop_event_log(text) TO {SYSTEM};
DROP FUNCTION IF EXISTS preau_month_partition(text, date);
REVOKE ALL ON event_log_default FROM {APPLICATION}, {SYSTEM}, {AUDIT};
"""  # noqa: S608 - names of ours
_FORMER_PARTITIONS = f"""
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT partition FROM preau_event_log_partitions() LOOP
        EXECUTE format('REVOKE ALL ON %I FROM {APPLICATION}, {SYSTEM}, {AUDIT}', name);
    END LOOP;
END $$;
"""  # noqa: S608 - names of ours
MAKE_MONTHS = f"SELECT preau_event_log_months({MONTHS_AHEAD})"
_OLD = text(
    "SELECT partition, lower, upper FROM preau_event_log_partitions()"
    " WHERE upper <= date_trunc('month', now()) - make_interval(months => :kept) ORDER BY lower"
)
_DROP = text("SELECT preau_drop_event_log(:name)")
_EXPORTED = (
    "SELECT msg_id, commune_id, aggregate_id, aggregate_version, routing_key, payload, headers, created_at"
    " FROM event_log WHERE created_at >= $1 AND created_at < $2 ORDER BY created_at, msg_id"
)


def create_event_log_functions() -> None:
    """For migrations: what makes and drops partitions. Nobody reads or writes one but through the log."""
    execute_script(_FUNCTIONS)
    op.execute(_FORMER_PARTITIONS)


async def make_months(database: Database) -> None:
    """Make the partitions of the coming months, and move what fell into the default one."""
    async with database.system_transaction() as session:
        await session.execute(TAKE_TIME)
        made = (await session.execute(text(MAKE_MONTHS))).scalar_one()
    if made:
        log.info("event log extended", partitions=made)


async def forget_old_months(database: Database, *, months_kept: int, export_folder: Path | None) -> None:
    """Drop the partitions older than ``months_kept`` whole months, after exporting each; 0 keeps all.

    An export is a compressed CSV with a header, as ``COPY event_log FROM … (FORMAT csv, HEADER)`` reads it.
    Fewer than ``LEAST_MONTHS_KEPT`` is refused by the database.
    """
    if months_kept == 0:
        return
    async with database.system_transaction() as session:
        old = (await session.execute(_OLD, {"kept": months_kept})).all()
    for name, lower, upper in old:
        if export_folder is not None:
            await _export(database.system_url, lower, upper, export_folder / f"{name}.csv.gz")
        async with database.system_transaction() as session:
            await session.execute(_DROP, {"name": name})
        log.info("event log partition dropped", partition=name, exported=bool(export_folder))


async def _export(url: str, lower: datetime, upper: datetime, target: Path) -> None:
    fresh = target.with_suffix(".part")
    await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
    connection = await connect(url, timeout=5, command_timeout=3600)
    try:
        with await asyncio.to_thread(gzip.open, fresh, "wb") as out:
            await connection.copy_from_query(
                _EXPORTED, lower, upper, output=cast(IO[Any], out), format="csv", header=True
            )
    finally:
        await connection.close()
    await asyncio.to_thread(fresh.replace, target)
