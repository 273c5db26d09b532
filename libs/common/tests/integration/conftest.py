"""A database with the technical tables alone, and both brokers."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import create_async_engine
from uuid_utils.compat import uuid7

from preau.common.db.database import Database, async_url
from preau.common.db.migrations import create_messaging_tables, enable_tenant_rls, execute_script
from preau.common.db.provision import drop, provision
from preau.common.db.roles import ServiceDatabase
from preau.common.db.row_security import rights_of_new_tables
from preau.common.messaging.broker import Broker, QueueSpec
from preau.common.messaging.local import LocalBroker
from preau.common.messaging.rabbitmq import RabbitBroker
from preau.testing.databases import PASSWORDS, empty_database

SHORT_TIERS = (timedelta(seconds=1), timedelta(seconds=2))


class ThingHappenedV1(BaseModel):
    """An event for these tests."""

    event_type: ClassVar[str] = "tests.thing.happened"
    event_version: ClassVar[int] = 1

    commune_id: UUID
    aggregate_id: UUID
    aggregate_version: int = 1
    label: str = ""

    @classmethod
    def full_type(cls) -> str:
        return "tests.thing.happened.v1"


@pytest.fixture
async def technical_database(postgres: str) -> AsyncIterator[ServiceDatabase]:
    """A database with outbox, inbox and a tenant table ``thing``."""
    async with new_technical_database(postgres) as made:
        yield made


@pytest.fixture(scope="module")
async def module_database(postgres: str) -> AsyncIterator[ServiceDatabase]:
    """Such a database for a whole module."""
    async with new_technical_database(postgres) as made:
        yield made


@asynccontextmanager
async def new_technical_database(postgres: str) -> AsyncGenerator[ServiceDatabase]:
    name = f"technical_{uuid7().hex[-10:]}"
    made = await provision(postgres, name, PASSWORDS)

    def create() -> None:
        create_messaging_tables()
        execute_script("CREATE TABLE thing (id uuid PRIMARY KEY, commune_id uuid NOT NULL, label text)")
        enable_tenant_rls("thing")

    await as_migration(made, create)
    yield made
    await drop(postgres, [name])


async def as_migration(made: ServiceDatabase, script: Callable[[], None]) -> None:
    """Run a script as a migration would: as the owner, the rights of new tables settled."""

    def run(connection) -> None:
        with Operations.context(MigrationContext.configure(connection)):
            rights_of_new_tables()
            script()

    engine = create_async_engine(async_url(made.owner_url))
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


@pytest.fixture
async def database(technical_database: ServiceDatabase) -> AsyncIterator[Database]:
    opened = Database(technical_database.url, system_url=technical_database.system_url)
    yield opened
    await opened.close()


@pytest.fixture(params=["rabbitmq", "local"])
async def broker(request: pytest.FixtureRequest) -> AsyncIterator[Broker]:
    """Each adapter in turn, with short retry tiers."""
    async with open_broker(request.param, request) as opened:
        yield opened


@asynccontextmanager
async def open_broker(kind: str, request: pytest.FixtureRequest) -> AsyncGenerator[Broker]:
    if kind == "rabbitmq":
        made: Broker = RabbitBroker(
            request.getfixturevalue("amqp_url"), name="tests", retry_tiers=SHORT_TIERS
        )
        await made.connect()
        try:
            yield made
        finally:
            await made.close()
    else:
        async with empty_database("journal") as url:
            made = LocalBroker(url, retry_tiers=SHORT_TIERS)
            await made.connect()
            try:
                yield made
            finally:
                await made.close()


@pytest.fixture
def queue() -> QueueSpec:
    """A queue of this test's own."""
    name = f"tests.{uuid7().hex[-10:]}"
    return QueueSpec(name, (f"{name}.happened.v1", "tests.thing.happened.v1"), prefetch=10)
