"""PostgreSQL stops and comes back: everyone says so properly, and nothing of ours needs a restart."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from preau.common.settings import DEMO_PASSWORD
from preau.testing.deployment import Deployment

pytestmark = pytest.mark.fault

PATHS = {
    "identity": "/api/agent/identity/me",
    "reservations": "/api/agent/reservations/sites",
    "billing": "/api/agent/billing/regies",
    "payments": "/api/agent/payments/payments",
    "requests": "/api/agent/requests/requests",
}
BACK_WITHIN_SECONDS = 20


@pytest.fixture
async def agent(deployment: Deployment) -> Any:
    """A signed-in agent's client, that asks once."""
    async with httpx2.AsyncClient(base_url=deployment.url, timeout=30) as client:
        answer = await client.post(
            "/api/public/identity/sessions",
            json={"email": "admin@jolieville.example", "password": DEMO_PASSWORD, "subject": "agent"},
        )
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_services_say_that_they_are_unavailable_and_come_back_by_themselves(
    deployment: Deployment, agent: httpx2.AsyncClient, until_sound: Callable[[], Awaitable[None]], end: str
) -> None:
    for path in PATHS.values():
        assert (await agent.get(path)).status_code == 200, path
    pids = {process.name: process.pid for process in deployment}

    getattr(deployment.postgres, end)()
    for service, path in PATHS.items():
        began = time.monotonic()
        answer = await agent.get(path)
        assert answer.status_code == 503, f"{service}: {answer.status_code} {answer.text}"
        assert answer.headers["content-type"] == "application/problem+json", service
        assert int(answer.headers["retry-after"]) >= 1, service
        assert time.monotonic() - began < 10, f"{service} thought about it for too long"
        assert not deployment[service].is_ready(), f"{service} says it is ready"

    deployment.postgres.start()
    back_at = time.monotonic()
    for path in PATHS.values():
        while (await agent.get(path)).status_code != 200:
            assert time.monotonic() - back_at < BACK_WITHIN_SECONDS, f"{path} is still away"
            await asyncio.sleep(0.2)
    print(f"all answered {time.monotonic() - back_at:.1f} s after PostgreSQL came back")
    assert {process.name: process.pid for process in deployment} == pids
    await until_sound()


async def test_a_tour_outlives_postgresql(
    deployment: Deployment,
    start_tour: Callable[[], Any],
    until_sound: Callable[[], Awaitable[None]],
    rng: Any,
) -> None:
    tour = start_tour()
    for _ in range(2):
        await asyncio.sleep(rng.uniform(0.5, 6))
        deployment.postgres.kill()
        await asyncio.sleep(rng.uniform(0, 1))
        deployment.postgres.start()
    tour.assert_passes()
    await until_sound()
