"""A binding is deleted: its queue gets nothing, while others do. It is told, made again, and made up for."""

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from preau.common.db.driver import connect
from preau.common.messaging.rabbitmq_topology import EXCHANGE
from preau.operations.tour.client import Client
from preau.testing.deployment import Deployment
from preau.testing.processes import run_program
from preau.testing.waiting import eventually

from .conftest import admin_channel, operators_environment, preau, register

pytestmark = pytest.mark.fault
QUEUE, FAMILY = "billing.copies", "identity.family.updated.v1"
BINDING = f"binding of {QUEUE} to {FAMILY} at {EXCHANGE}"
TOLD_WITHIN_SECONDS = 30


@pytest.fixture(autouse=True)
async def bound_in_the_end(deployment: Deployment) -> AsyncIterator[None]:
    yield
    deployment.set_up_broker()


async def test_it_is_told_made_again_and_what_was_missed_is_sent(
    deployment: Deployment, agent: Client, until_sound: Callable[[], Awaitable[None]]
) -> None:
    await until_sound()
    since = datetime.now(UTC).isoformat()
    await unbind(deployment)
    await eventually(lambda: is_told(deployment), "billing says so", within_seconds=TOLD_WITHIN_SECONDS)
    assert "preau_topology_missing 1.0" in await text_of(deployment, "/metrics")

    family_id = register(agent, "Famille perdue")
    await eventually(lambda: knows(deployment, "requests", family_id), "others hear of it")

    assert f"{BINDING} made" in deployment.set_up_broker()
    assert "Everything is as it must be" in deployment.set_up_broker()
    await eventually(lambda: is_ready(deployment), "billing is ready", within_seconds=TOLD_WITHIN_SECONDS)
    assert not await knows(deployment, "billing", family_id), "nothing was missed: nothing is tested"

    told = preau("replay", "--queue", QUEUE, "--since", since, environment=operators_environment(deployment))
    assert f"sent to {QUEUE}" in told
    await until_sound()
    assert await knows(deployment, "billing", family_id)


@pytest.fixture
def watch(deployment: Deployment) -> Iterator[int]:
    """`preau broker watch` under way; its pid."""
    settings = deployment.operators_settings() | {
        name.removeprefix("PREAU_").lower(): value
        for name, value in operators_environment(deployment).items()
    }
    log = deployment.folder / "logs" / "broker-watch.log"
    process = run_program(["preau.operations", "broker", "watch", "--every", "0.5"], settings, log=log)
    yield process.pid
    process.kill()
    process.wait()


async def test_the_watch_makes_it_again_and_sends_what_was_missed(
    deployment: Deployment, agent: Client, watch: int, until_sound: Callable[[], Awaitable[None]]
) -> None:
    log = deployment.folder / "logs" / "broker-watch.log"

    async def has_begun() -> bool:
        await unbind(deployment)
        return "corrected at the broker" in log.read_text()

    await eventually(has_begun, "the watch has looked once", within_seconds=TOLD_WITHIN_SECONDS)
    await until_sound()
    os.kill(watch, signal.SIGSTOP)
    try:
        await unbind(deployment)
        family_id = register(agent, "Famille perdue de vue")
        await eventually(lambda: knows(deployment, "requests", family_id), "others hear of it")
    finally:
        os.kill(watch, signal.SIGCONT)
    await until_sound()
    assert await knows(deployment, "billing", family_id)


async def unbind(deployment: Deployment) -> None:
    async with admin_channel(deployment) as channel:
        await (await channel.get_queue(QUEUE, ensure=False)).unbind(EXCHANGE, FAMILY)


async def text_of(deployment: Deployment, path: str) -> str:
    async with httpx2.AsyncClient(base_url=deployment["billing"].url) as client:
        return (await client.get(path)).text


async def is_told(deployment: Deployment) -> bool:
    answer: Any = httpx2.get(f"{deployment['billing'].url}/readyz")
    return answer.status_code == 503 and answer.json().get("missing") == [BINDING]


async def is_ready(deployment: Deployment) -> bool:
    return deployment["billing"].is_ready()


async def knows(deployment: Deployment, service: str, family_id: str) -> bool:
    connection = await connect(deployment.postgres.url(f"preau_{service}"))
    try:
        found = await connection.fetchval(
            "SELECT count(*) FROM family_copy WHERE family_id = $1::uuid", family_id
        )
        return bool(found)
    finally:
        await connection.close()
