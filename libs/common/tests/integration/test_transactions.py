"""Transactions on one pooled connection: whatever ends one, the next finds the connection clean."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import make_url, text
from uuid_utils.compat import uuid7

from preau.common.db.database import Database, database_of, hot, set_tenant
from preau.common.db.driver import Statement, connect
from preau.common.db.roles import ServiceDatabase
from preau.testing.infrastructure import postgres_admin_url
from preau.testing.waiting import eventually

COMMUNE = UUID("01900000-0000-7000-8000-00000000000a")
OTHER = UUID("01900000-0000-7000-8000-00000000000b")
ADD = "INSERT INTO thing VALUES (:id, :commune, :label)"
ENDED = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1"
LABELS = Statement("SELECT label FROM thing ORDER BY label")


def thing(label: str, commune: UUID = COMMUNE) -> dict[str, object]:
    return {"id": uuid7(), "commune": commune, "label": label}


@pytest.fixture
async def narrow(technical_database: ServiceDatabase) -> AsyncIterator[Database]:
    """A database with one connection: the next transaction gets it used."""
    opened = Database(technical_database.url, system_url=technical_database.system_url, pool_size=1)
    yield opened
    await opened.close()


@asynccontextmanager
async def with_session(database: Database) -> AsyncIterator:
    async with database.transaction(COMMUNE) as session:
        yield lambda sql, values: session.execute(text(sql), values)


@asynccontextmanager
async def with_driver(database: Database) -> AsyncIterator:
    async with database.driver_transaction(COMMUNE) as transaction:
        yield lambda sql, values: transaction.rows(Statement(sql), values)


BEGINNINGS = pytest.mark.parametrize("begun", [with_session, with_driver])


async def labels(database: Database, commune: UUID = COMMUNE) -> list[str]:
    async with database.driver_transaction(commune) as transaction:
        return [row["label"] for row in await transaction.rows(LABELS, {})]


@BEGINNINGS
async def test_an_error_undoes_all_of_it(narrow: Database, begun) -> None:
    with pytest.raises(ZeroDivisionError):
        async with begun(narrow) as execute:
            await execute(ADD, thing("never"))
            raise ZeroDivisionError
    assert await labels(narrow) == []


@BEGINNINGS
async def test_no_statement_goes_on_for_longer_than_it_may(
    technical_database: ServiceDatabase, begun
) -> None:
    hurried = Database(technical_database.url, statement_seconds=0.05)
    try:
        with pytest.raises(Exception, match="statement timeout"):
            async with begun(hurried) as execute:
                await execute("SELECT pg_sleep(60)", {})
    finally:
        await hurried.close()


@BEGINNINGS
async def test_nobody_waits_for_a_lock_longer_than_they_may(
    narrow: Database, technical_database: ServiceDatabase, begun
) -> None:
    hurried = Database(technical_database.url, lock_seconds=0.05)
    try:
        async with with_driver(narrow) as first:
            await first("SELECT pg_advisory_xact_lock(1)", {})
            with pytest.raises(Exception, match="lock timeout"):
                async with begun(hurried) as execute:
                    await execute("SELECT pg_advisory_xact_lock(1)", {})
    finally:
        await hurried.close()


@BEGINNINGS
async def test_a_statement_that_fails_undoes_all_of_it(narrow: Database, begun) -> None:
    again = thing("never")
    with pytest.raises(Exception, match="duplicate key"):
        async with begun(narrow) as execute:
            await execute(ADD, again)
            await execute(ADD, again)
    assert await labels(narrow) == []


@BEGINNINGS
async def test_cancelled_in_the_middle_of_a_statement_it_undoes_all_of_it(narrow: Database, begun) -> None:
    written = asyncio.Event()

    async def work() -> None:
        async with begun(narrow) as execute:
            await execute(ADD, thing("never"))
            written.set()
            await execute("SELECT pg_sleep(30)", {})

    task = asyncio.create_task(work())
    await written.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await labels(narrow) == []


@BEGINNINGS
async def test_a_connection_that_is_lost_is_told_as_it_was_and_replaced(narrow: Database, begun) -> None:
    admin = await connect(postgres_admin_url())
    with pytest.raises(Exception, match=r"terminat|closed") as told:
        async with begun(narrow) as execute:
            await execute(ADD, thing("never"))
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
                make_url(narrow.url).database,
            )
            await execute("SELECT 1", {})
    await admin.close()
    assert "not rolled back" in "".join(told.value.__notes__)
    assert await labels(narrow) == []


async def test_a_session_and_its_hot_statements_are_one_transaction(narrow: Database) -> None:
    async with narrow.transaction(COMMUNE) as session:
        await session.execute(text(ADD), thing("by the session"))
        await hot(session).rows(Statement(ADD), thing("hot"))
        found = await hot(session).rows(LABELS, {})
        assert [row["label"] for row in found] == ["by the session", "hot"]
    assert await labels(narrow) == ["by the session", "hot"]


async def test_a_use_case_cannot_end_the_transaction_half(narrow: Database) -> None:
    with pytest.raises(RuntimeError, match="only the edge"):
        async with narrow.transaction(COMMUNE) as session:
            await hot(session).rows(Statement(ADD), thing("never"))
            await session.rollback()
    assert await labels(narrow) == []


@BEGINNINGS
async def test_a_failed_statement_that_nobody_told_of_is_not_taken_for_a_commit(
    narrow: Database, begun
) -> None:
    with pytest.raises(RuntimeError, match="nothing was written"):
        async with begun(narrow) as execute:
            await execute(ADD, thing("never"))
            with contextlib.suppress(Exception):
                await execute("SELECT 1 / 0", {})


async def test_the_tenant_may_change_within_a_transaction_and_not_beyond(narrow: Database) -> None:
    async with narrow.transaction(COMMUNE) as session:
        await session.execute(text(ADD), thing("ours"))
        await set_tenant(session, OTHER)
        await session.execute(text(ADD), thing("theirs", OTHER))
    assert await labels(narrow) == ["ours"]
    assert await labels(narrow, OTHER) == ["theirs"]


async def test_a_short_transaction_beside_a_long_one_is_seen_before_its_end(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(COMMUNE) as session:
            await session.execute(text(ADD), thing("undone"))
            async with database_of(session).transaction(COMMUNE) as own:
                await own.execute(text(ADD), thing("beside"))
            raise ZeroDivisionError
    assert await labels(database) == ["beside"]


async def test_a_row_of_another_commune_is_refused_on_both_ways(narrow: Database) -> None:
    for begun in (with_session, with_driver):
        with pytest.raises(Exception, match="row-level security"):
            async with begun(narrow) as execute:
                await execute(ADD, thing("x", OTHER))


async def test_connections_closed_while_nobody_used_them_are_not_handed_out(database: Database) -> None:
    """Outside transactions too (readiness, measures). Seen to fail without a look at the checkout."""
    async with AsyncExitStack() as three:
        used = [await three.enter_async_context(database.engine.connect()) for _ in range(3)]
        closed = [(await connection.get_raw_connection()).driver_connection.is_closed for connection in used]
    admin, name = await connect(postgres_admin_url()), make_url(database.url).database
    await admin.execute(ENDED, name)
    await admin.close()

    async def are_noticed() -> bool:
        return all(is_closed() for is_closed in closed)

    await eventually(are_noticed, "their ends are read")
    for _ in range(4):
        async with database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))


@BEGINNINGS
async def test_connections_closed_a_moment_ago_are_replaced_before_their_end_is_read(
    database: Database, begun
) -> None:
    """The loop stands still meanwhile: the pool's look sees nothing. Seen to fail with one try."""
    async with database.transaction(COMMUNE), database.transaction(COMMUNE), database.transaction(COMMUNE):
        pass
    name = make_url(database.url).database

    async def end_them() -> None:
        admin = await connect(postgres_admin_url())
        await admin.execute(ENDED, name)
        await admin.close()

    elsewhere = Thread(target=lambda: asyncio.run(end_them()))
    elsewhere.start()
    elsewhere.join()
    for label in ("a", "b", "c", "d"):
        async with begun(database) as execute:
            await execute(ADD, thing(label))
    assert await labels(database) == ["a", "b", "c", "d"]
