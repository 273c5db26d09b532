"""One service's database is put back as it was before: what it missed comes again from the others' logs.

What it has itself said since then it has forgotten, and no replay brings that back: the audit lists it.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from preau.common.db.driver import connect
from preau.operations.audit.auditor import look
from preau.operations.tour.client import Client
from preau.testing.deployment import Deployment
from preau.testing.waiting import eventually

from .conftest import operators_environment, preau, register

pytestmark = pytest.mark.fault
FAMILIES = 3
SAME_RIGHTS = """UPDATE pg_database SET (datdba, datacl) =
    (SELECT datdba, datacl FROM pg_database WHERE datname = $1) WHERE datname = $2"""


async def test_a_reader_hears_again_what_it_missed(
    deployment: Deployment, agent: Client, until_sound: Callable[[], Awaitable[None]]
) -> None:
    await until_sound()
    since = datetime.now(UTC).isoformat()
    await copy(deployment, "requests")
    families = [register(agent, f"Famille de demain {number}") for number in range(FAMILIES)]
    await until_sound()
    await restore(deployment, "requests")
    assert await known(deployment, "requests", families) == 0, "nothing was forgotten: nothing is tested"

    told = preau(
        *("replay", "--queue", "requests.copies", "--since", since),
        environment=operators_environment(deployment),
    )
    assert "sent to requests.copies" in told
    await until_sound()
    assert await known(deployment, "requests", families) == FAMILIES
    await drop(deployment, "preau_requests_newer")


async def test_what_a_publisher_has_forgotten_is_listed(
    deployment: Deployment, agent: Client, until_sound: Callable[[], Awaitable[None]]
) -> None:
    await until_sound()
    await copy(deployment, "identity")
    family_id = register(agent, "Famille oubliée")
    await until_sound()
    await restore(deployment, "identity")
    try:
        found = await look(deployment.database_urls, deployment.operations_broker_url)
    finally:
        await restore(deployment, "identity", to="newer")
    forgotten = {finding.service for finding in found if finding.rule.startswith("what a reader took in")}
    assert forgotten == {"reservations", "billing", "payments", "requests"}
    await drop(deployment, "preau_identity_older")
    await until_sound()
    assert await known(deployment, "requests", [family_id]) == 1


async def copy(deployment: Deployment, service: str) -> None:
    """A dump of the service's database, as it is now."""
    async with stopped(deployment, service) as statement:
        await statement(f"CREATE DATABASE {older(service)} TEMPLATE preau_{service}")
        await statement(SAME_RIGHTS, f"preau_{service}", older(service))


async def restore(deployment: Deployment, service: str, *, to: str = "older") -> None:
    """Put the ``older`` database in the place of the present one, or the ``newer`` back."""
    other = {"older": "newer", "newer": "older"}[to]
    async with stopped(deployment, service) as statement:
        await statement(f"ALTER DATABASE preau_{service} RENAME TO preau_{service}_{other}")
        await statement(f"ALTER DATABASE preau_{service}_{to} RENAME TO preau_{service}")


async def drop(deployment: Deployment, database: str) -> None:
    connection = await connect(deployment.postgres.url())
    await connection.execute(f"DROP DATABASE {database} WITH (FORCE)")
    await connection.close()


def older(service: str) -> str:
    return f"preau_{service}_older"


@asynccontextmanager
async def stopped(deployment: Deployment, service: str) -> AsyncGenerator[Callable[..., Awaitable[object]]]:
    """The service does not run, nobody uses its database, and a superuser may work on it."""
    deployment[service].kill()
    connection = await connect(deployment.postgres.url())
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", f"preau_{service}"
    )

    async def nobody_is_left() -> bool:
        count = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = $1", f"preau_{service}"
        )
        return count == 0

    try:
        await eventually(nobody_is_left, "nobody uses the database")
        yield connection.execute
    finally:
        await connection.close()
        deployment[service].start()
        deployment[service].wait_until_ready()


async def known(deployment: Deployment, service: str, families: list[str]) -> int:
    connection = await connect(deployment.postgres.url(f"preau_{service}"))
    try:
        return await connection.fetchval(
            "SELECT count(*) FROM family_copy WHERE family_id = ANY ($1::uuid[])", families
        )
    finally:
        await connection.close()
