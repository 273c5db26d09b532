"""A service's database: the application's role reads and writes, and owns nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from preau.common.db.provision import drop, provision
from preau.common.db.roles import Passwords, ServiceDatabase
from preau.common.db.scripts import execute_script
from preau.common.ids import new_id

from .conftest import as_migration

FIRST = Passwords("first", "second", "third", "fourth")


@asynccontextmanager
async def session(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def made(postgres: str) -> AsyncIterator[tuple[ServiceDatabase, ServiceDatabase]]:
    """The databases of two services; the first owner has made a table."""
    names = [f"provision_{new_id().hex[-10:]}" for _ in range(2)]
    first, second = [await provision(postgres, name, FIRST) for name in names]
    await as_migration(
        first,
        lambda: execute_script(
            "CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY, label text);\n"
            "CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n'"
        ),
    )
    yield first, second
    await drop(postgres, names)


async def test_the_application_works_with_what_the_owner_makes(made) -> None:
    async with session(made[0].url) as application:
        await application.execute("INSERT INTO thing (label) VALUES ('a')")
        await application.execute("UPDATE thing SET label = 'b'")
        assert await application.fetchval("SELECT label || twice(2) FROM thing") == "b4"
        await application.execute("DELETE FROM thing")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "ALTER TABLE thing ADD COLUMN mine int",
        "DROP TABLE thing",
        "TRUNCATE thing",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY thing TO PROGRAM 'true'",
        "CREATE ROLE mine",
    ],
)
async def test_the_application_makes_and_changes_no_object(made, statement: str) -> None:
    async with session(made[0].url) as application:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute(statement)


async def test_the_application_owns_nothing_and_cannot_become_the_owner(made) -> None:
    async with session(made[0].url) as application:
        owned = await application.fetchval(
            "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = user)"
        )
        role = await application.fetchrow("SELECT * FROM pg_roles WHERE rolname = user")
        assert owned == 0
        for power in ("rolsuper", "rolbypassrls", "rolcreatedb", "rolcreaterole", "rolreplication"):
            assert role[power] is False, power
        owner = make_url(made[0].owner_url).username
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute(f'SET ROLE "{owner}"')


async def test_no_service_enters_the_database_of_another(made) -> None:
    first, second = made
    for stranger in second:
        url = make_url(stranger).set(database=make_url(first.url).database)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="CONNECT"):
            await asyncpg.connect(url.render_as_string(hide_password=False))


async def test_provisioning_again_keeps_the_data_and_renews_the_password(made, postgres: str) -> None:
    _, second = made
    await as_migration(second, lambda: execute_script("CREATE TABLE kept AS SELECT 1 AS id"))
    name = make_url(second.url).database
    again = await provision(postgres, str(name), Passwords(*["it's \\new"] * 4))
    async with session(again.url) as application:
        assert await application.fetchval("SELECT id FROM kept") == 1
    await provision(postgres, str(name), FIRST)
