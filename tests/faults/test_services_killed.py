"""Each service is killed during a tour, at a moment nobody chose, and started again."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from preau.testing.deployment import Deployment

pytestmark = pytest.mark.fault

VICTIMS = (
    "identity",
    "reservations",
    "billing",
    "payments",
    "requests",
    "billing-worker-1",
    "billing-worker-2",
)
TOURS_AT_MOST = 4


async def test_tours_outlive_every_service(
    deployment: Deployment,
    start_tour: Callable[[], Any],
    until_sound: Callable[[], Awaitable[None]],
    rng: random.Random,
) -> None:
    waiting = rng.sample(VICTIMS, len(VICTIMS))
    killed: list[str] = []
    for _ in range(TOURS_AT_MOST):
        tour = start_tour()
        while tour.running and waiting:
            await asyncio.sleep(rng.uniform(0.3, 3))
            if not tour.running:
                break
            victim = deployment[waiting.pop()]
            victim.kill()
            killed.append(victim.name)
            await asyncio.sleep(rng.uniform(0, 0.5))
            victim.start()
            victim.wait_until_ready()
        tour.assert_passes()
        if not waiting:
            break
    print("killed:", ", ".join(killed))
    assert not waiting, f"the tours ended before {waiting} could be killed"
    await until_sound()
