"""RabbitMQ dies and comes back: nothing is lost, nobody waits for it to write."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from preau.common.db.driver import connect
from preau.common.settings import DEMO_PASSWORD
from preau.operations.tour.client import Client
from preau.testing.deployment import Deployment

from .conftest import register

pytestmark = pytest.mark.fault
QUEUES_ARE_WRITTEN_SECONDS = 1.5  # RabbitMQ 3.10 writes the list of its quorum queues every 0.5 s
NOTHING_HANGS_SECONDS = 10.0


@pytest.fixture(autouse=True)
async def queues_are_on_disk(deployment: Deployment) -> None:
    await asyncio.sleep(QUEUES_ARE_WRITTEN_SECONDS)


async def test_a_tour_outlives_rabbitmq(
    deployment: Deployment,
    start_tour: Callable[[], Any],
    until_sound: Callable[[], Awaitable[None]],
    rng: random.Random,
) -> None:
    tour = start_tour()
    for _ in range(2):
        await asyncio.sleep(rng.uniform(0.5, 6))
        deployment.rabbitmq.kill()
        await asyncio.sleep(rng.uniform(0, 2))
        deployment.rabbitmq.start()
    tour.assert_passes()
    await until_sound()


async def test_families_are_registered_while_rabbitmq_is_away(
    deployment: Deployment, until_sound: Callable[[], Awaitable[None]]
) -> None:
    """The writes wait in the outbox; consumers take them in within 30 s of the broker's return."""
    agent = Client(deployment.url, "agent")
    agent.sign_in("admin@jolieville.example", DEMO_PASSWORD)
    deployment.rabbitmq.kill()
    slowest, family_ids = 0.0, []
    for number in range(10):
        began = time.monotonic()
        family_ids.append(register(agent, f"Famille sans courtier {number}"))
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < NOTHING_HANGS_SECONDS, f"a write waited {slowest:.1f} s for the broker"
    assert await count(deployment, "identity", "SELECT count(*) FROM outbox") >= len(family_ids)

    deployment.rabbitmq.start()
    back_at = time.monotonic()
    copied = "SELECT count(*) FROM family_copy WHERE family_id = ANY ($1::uuid[])"
    for service in ("reservations", "billing", "payments", "requests"):
        while await count(deployment, service, copied, family_ids) < len(family_ids):
            assert time.monotonic() - back_at < 30, f"{service} does not hear of the families"
            await asyncio.sleep(0.2)
    print(f"backlog drained {time.monotonic() - back_at:.1f} s after RabbitMQ came back")
    await until_sound()


async def count(deployment: Deployment, service: str, sql: str, *arguments: Any) -> int:
    connection = await connect(deployment.postgres.url(f"preau_{service}"))
    try:
        return await connection.fetchval(sql, *arguments)
    finally:
        await connection.close()
