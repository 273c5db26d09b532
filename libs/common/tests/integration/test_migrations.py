"""Migrations: several replicas may start at once, and a failed one leaves nothing half done."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from preau.common.db.migrations import migrate
from preau.common.db.provision import drawn_passwords, drop, provision
from preau.common.db.roles import ServiceDatabase
from preau.common.ids import new_id

ENVIRONMENT = """
from preau.common.db.migrations import run_environment
run_environment("planted")
"""
FIRST = """
from alembic import op
from preau.common.db.migrations import create_messaging_tables, enable_tenant_rls, execute_script
revision, down_revision = "0001", None

def upgrade():
    create_messaging_tables()
    op.execute("SELECT pg_sleep(0.3)")
    execute_script('''
        CREATE TABLE thing (id uuid PRIMARY KEY, commune_id uuid NOT NULL);
        CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$
        BEGIN
            RETURN 2;
        END $$;
        CREATE INDEX ON thing (commune_id)
    ''')
    enable_tenant_rls("thing")
"""
BROKEN = """
from alembic import op
revision, down_revision = "0002", "0001"

def upgrade():
    op.execute("CREATE TABLE half_done (id int)")
    op.execute("SELECT 1 / 0")
"""


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migrations of a service ``preau.planted`` that lives as long as the test."""
    package = tmp_path / "preau" / "planted"
    versions = package / "migrations" / "versions"
    versions.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "migrations" / "env.py").write_text(ENVIRONMENT)
    (versions / "0001_first.py").write_text(FIRST)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "preau.planted", raising=False)  # that of the test before
    return versions


@pytest.fixture
async def database(postgres: str) -> AsyncIterator[ServiceDatabase]:
    name = f"migrated_{new_id().hex[-10:]}"
    yield await provision(postgres, name, drawn_passwords())
    await drop(postgres, [name])


async def fetch(url: str, query: str) -> list[object]:
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def test_two_replicas_at_once_are_harmless(versions: Path, database: ServiceDatabase) -> None:
    """Two processes, as Alembic keeps its state in globals."""
    command = f"from preau.common.db.migrations import *; migrate_blocking('planted', '{database.owner_url}')"
    environment = {**os.environ, "PYTHONPATH": str(versions.parents[3])}
    replicas = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", command, env=environment, stderr=PIPE)
        for _ in range(2)
    ]
    for replica in replicas:
        _, errors = await replica.communicate()
        assert replica.returncode == 0, errors.decode()
    assert await fetch(database.owner_url, "SELECT version_num FROM planted_version") == ["0001"]
    assert await fetch(database.url, "SELECT two()") == [2]


async def test_the_log_has_partitions_for_the_coming_months(
    versions: Path, database: ServiceDatabase
) -> None:
    await migrate("planted", database.owner_url)
    await migrate("planted", database.owner_url)
    partitions = await fetch(
        database.url, "SELECT count(*) FROM pg_inherits WHERE inhparent = 'event_log'::regclass"
    )
    assert partitions == [5], "this month, the next three, and what fits none"


async def test_a_failed_migration_leaves_nothing_behind(versions: Path, database: ServiceDatabase) -> None:
    (versions / "0002_broken.py").write_text(BROKEN)
    with pytest.raises(Exception, match="division by zero"):
        await migrate("planted", database.owner_url)
    assert await fetch(database.owner_url, "SELECT relname FROM pg_class WHERE relname = 'half_done'") == []
    (versions / "0002_broken.py").unlink()
    await migrate("planted", database.owner_url)
    assert await fetch(database.owner_url, "SELECT version_num FROM planted_version") == ["0001"]
