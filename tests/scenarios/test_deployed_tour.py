"""The main job on the deployed shape: separate processes over RabbitMQ, three billing workers."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx2

from preau.common.settings import DEMO_PASSWORD
from preau.operations.tour.calendar_days import today
from preau.operations.tour.client import Client
from preau.testing.deployment import Deployment

MEALS = "01900000-0000-7000-8000-0000000000c1"
HANDLED = re.compile(r"^preau_inbox_handled (\S+)$", re.MULTILINE)


async def test_the_tour_passes(
    deployment: Deployment, start_tour: Callable[[], Any], until_sound: Callable[[], Awaitable[None]]
) -> None:
    start_tour().assert_passes()
    await until_sound()


async def test_several_workers_share_a_run(
    deployment: Deployment, start_tour: Callable[[], Any], until_sound: Callable[[], Awaitable[None]]
) -> None:
    """A dozen families had a meal; the tour bills the month, two families a chunk."""
    booked = book_meals(Client(deployment.url, "agent"))
    assert booked >= 8, "the demonstration has too few families to share"
    await until_sound()
    before = chunks_by_worker(deployment)
    start_tour().assert_passes()
    await until_sound()
    taken = {name: count - before[name] for name, count in chunks_by_worker(deployment).items()}
    print(taken)
    assert sum(count > 0 for count in taken.values()) >= 2, f"one worker did it all: {taken}"


def book_meals(agent: Client) -> int:
    """Book the first child of each demonstration family for a meal of this month; how many could be."""
    agent.sign_in("admin@jolieville.example", DEMO_PASSWORD)
    families = agent.api("GET", "identity", "families")["items"]
    booked = 0
    for family in families:
        record = agent.api("GET", "identity", f"families/{family['family_id']}")
        for day in range(1, 29):
            if not record["children"]:
                break
            answer = agent.api(
                "POST",
                "reservations",
                "bookings",
                headers={"Idempotency-Key": str(uuid4())},
                json={
                    "family_id": family["family_id"],
                    "child_id": record["children"][0]["child_id"],
                    "activity_id": MEALS,
                    "date": today().replace(day=day).isoformat(),
                    "override_deadline": True,
                    "reason": "Régularisation",
                },
                expect=(201, 404, 409, 422),
            )
            if "booking_id" in answer:
                booked += 1
                break
    return booked


def chunks_by_worker(deployment: Deployment) -> dict[str, float]:
    """How many chunks each worker has computed."""
    workers = [process for process in deployment if "worker" in process.name]
    counts: dict[str, float] = {}
    for worker in workers:
        found = HANDLED.search(httpx2.get(f"{worker.url}/metrics").text)
        assert found is not None
        counts[worker.name] = float(found[1])
    return counts
