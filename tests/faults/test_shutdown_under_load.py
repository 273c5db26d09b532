"""SIGTERM while requests are under way: they are answered, and the process ends in time."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from preau.common.settings import DEMO_PASSWORD
from preau.identity.demo.people import AGENTS, PARENTS
from preau.operations.tour.client import Client
from preau.testing.deployment import Deployment

pytestmark = pytest.mark.fault

ENDS_WITHIN_SECONDS = 30
IN_ORDER = -signal.SIGTERM  # uvicorn raises the signal again when all is closed
CREDENTIALS = [
    {"email": email, "password": DEMO_PASSWORD, "subject": subject}
    for subject, emails in (
        ("agent", [agent["email"] for agent in AGENTS]),
        ("parent", [parent.email for parent in PARENTS]),
    )
    for email in emails * 2  # more at once would count as guessing
]
AT_ONCE = len(CREDENTIALS)


async def test_requests_under_way_are_answered(deployment: Deployment) -> None:
    """Sign-ins are slow by design: when the first is answered, the others are under way."""
    identity = deployment["identity"]
    limits = httpx2.Limits(max_connections=AT_ONCE)
    async with httpx2.AsyncClient(base_url=identity.url, timeout=30, limits=limits) as client:
        requests = [asyncio.create_task(client.post("/public/sessions", json=one)) for one in CREDENTIALS]
        await asyncio.wait(requests, return_when=asyncio.FIRST_COMPLETED)
        waiting = sum(not request.done() for request in requests)
        identity.send_sigterm()
        began = time.monotonic()
        statuses = [answer.status_code for answer in await asyncio.gather(*requests)]
    assert waiting > AT_ONCE / 2, "too few were under way to tell"
    assert statuses == [201] * AT_ONCE
    assert identity.wait_for_end(ENDS_WITHIN_SECONDS) == IN_ORDER
    print(f"{waiting} answered after SIGTERM, ended in {time.monotonic() - began:.1f} s")


@pytest.mark.parametrize("name", ["reservations", "billing", "payments", "requests", "billing-worker-1"])
async def test_every_process_ends_in_time_while_others_use_it(
    deployment: Deployment, until_sound: Callable[[], Awaitable[None]], name: str
) -> None:
    agent = Client(deployment.url, "agent")
    agent.sign_in("admin@jolieville.example", DEMO_PASSWORD)
    end = time.monotonic() + 4
    path = {"billing": "regies", "payments": "payments", "requests": "requests"}.get(name, "sites")
    service = name if name != "billing-worker-1" else "reservations"

    def ask() -> int:
        """Ask on and on; what is away for a moment is asked again. Raises for anything else than 200."""
        answered = 0
        while time.monotonic() < end:
            agent.api("GET", service, path)
            answered += 1
        return answered

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask) for _ in range(4)]
        await asyncio.sleep(1)
        process = deployment[name]
        process.send_sigterm()
        began = time.monotonic()
        status = process.wait_for_end(ENDS_WITHIN_SECONDS)
        took = time.monotonic() - began
        process.start()
        answered = sum(future.result() for future in asking)
    assert status == IN_ORDER
    print(f"{name} ended in {took:.1f} s; {answered} answers")
    assert answered > 0
    assert "service stopped" in process.log.read_text()
    process.wait_until_ready()
