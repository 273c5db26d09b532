"""Taking from a table as from a queue reads about what it takes, whatever the statistics say."""

import re
from pathlib import Path

from preau.common.db.database import Database
from preau.common.db.driver import Connection, connect
from preau.common.db.roles import ServiceDatabase
from preau.common.messaging.broker import Broker, QueueSpec
from preau.common.messaging.relay import BATCH, Relay

WAITING = 6 * BATCH
FILL = """
INSERT INTO outbox (
    msg_id, commune_id, aggregate_type, aggregate_id, aggregate_version, type, version, routing_key, payload
) SELECT gen_random_uuid(), gen_random_uuid(), 'thing', gen_random_uuid(), 1, 'tests.thing.happened', 1,
    'tests.thing.happened.v1', '{}' FROM generate_series(1, $1::int)
"""
READ = """
SELECT seq_tup_read + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes i WHERE i.relid = t.relid)
FROM pg_stat_user_tables t WHERE relname = 'outbox'
"""
ROOT = Path(__file__).parents[4]
SELECTED_BY_LIMIT = re.compile(r"\bIN \(\s*SELECT[^;]{0,600}?\bLIMIT\b")


async def read_so_far(owner: Connection) -> int:
    await owner.execute("SELECT pg_stat_clear_snapshot()")
    return int(await owner.fetchval(READ))


async def test_the_relay_reads_what_it_publishes_even_with_statistics_of_an_empty_table(
    technical_database: ServiceDatabase, database: Database, broker: Broker, queue: QueueSpec
) -> None:
    """In a nested loop each row would be looked for among all: rows × rows / 2 and more."""
    await broker.declare([queue])
    owner = await connect(technical_database.owner_url)
    await owner.execute("ANALYZE outbox")
    await owner.execute("ALTER TABLE outbox SET (autovacuum_enabled = false)")
    await owner.execute(FILL, WAITING)
    relay = Relay(technical_database.system_url, broker, source="tests")
    relay_connection = await relay.connect()
    before = await read_so_far(owner)
    published = 0
    while taken := await relay.relay_batch(relay_connection):
        published += taken
    await relay_connection.execute("SELECT pg_stat_force_next_flush()")
    await relay_connection.close()
    assert published == WAITING
    assert await read_so_far(owner) - before <= 10 * WAITING
    await owner.close()


def test_no_statement_takes_its_rows_by_a_subquery_that_a_plan_may_repeat() -> None:
    """``IN (SELECT … LIMIT …)`` may become the inner side of a nested loop, run for each row of the table."""
    folders = [ROOT / name for name in ("libs", "services", "deploy")]
    sources = [path for folder in folders for path in folder.glob("*/src/**/*.py")]
    found = [str(path.relative_to(ROOT)) for path in sources if SELECTED_BY_LIMIT.search(path.read_text())]
    assert len(sources) > 100
    assert found == []
