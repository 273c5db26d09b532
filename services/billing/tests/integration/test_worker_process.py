"""Workers as processes of their own, over RabbitMQ: killed, paused and woken while they compute a run."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date

import httpx2
import pytest
from sqlalchemy import text

from preau.billing import demo
from preau.billing.app import create_app
from preau.billing.settings import BillingSettings
from preau.common.messaging.consumer import queue_spec
from preau.common.messaging.rabbitmq import RabbitBroker
from preau.contracts.topology import QUEUES
from preau.testing.lock_waits import lock_waits, locked_table
from preau.testing.services import running_service

pytestmark = pytest.mark.fault
FAMILIES = 24


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def worker(service, amqp_url: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """`python -m preau.billing worker` and its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "preau.billing", "worker"],
        env=os.environ
        | {
            "PREAU_ENVIRONMENT": "development",
            "PREAU_DATABASE_URL": service.addresses.url,
            "PREAU_SYSTEM_DATABASE_URL": service.addresses.system_url,
            "PREAU_BROKER_URL": amqp_url,
            "PREAU_CHUNK_LEASE_SECONDS": "2",
            "PREAU_PORT": str(port),
            "PREAU_LOG_LEVEL": "WARNING",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(30)


async def until_ready(url: str) -> None:
    async with httpx2.AsyncClient() as client, asyncio.timeout(120):
        while True:
            try:
                if (await client.get(f"{url}/readyz")).status_code == 200:
                    return
            except httpx2.HTTPError:
                pass
            await asyncio.sleep(0.1)


async def a_month(town) -> None:
    for index in range(FAMILIES):
        family = await town.household(f"Famille{index:02}")
        await town.order(family, *(town.booking(family, date(2026, 3, day)) for day in range(1, 21)))


async def until_computed(town, run_id: str) -> dict:
    async with asyncio.timeout(180):
        while True:
            answer = await town.service.client.get(f"/agent/runs/{run_id}", headers=town.agent)
            if answer.json()["status"] == "computed":
                return answer.json()
            await asyncio.sleep(0.1)


async def drafts(town, run_id: str) -> int:
    async with town.service.database.transaction(demo.JOLIEVILLE) as session:
        found = await session.execute(
            text("SELECT count(*) FROM invoice WHERE run_id = :run_id"), {"run_id": run_id}
        )
        return found.scalar_one()


@pytest.fixture
async def topology_is_made(amqp_url: str) -> None:
    broker = RabbitBroker(amqp_url, name="tests")
    await broker.connect()
    await broker.declare([queue_spec(queue) for queue in QUEUES])
    await broker.close()


@asynccontextmanager
async def run_of_many_chunks(amqp_url: str, town_class) -> AsyncGenerator:
    """A town whose month is one chunk a family, billed by workers over RabbitMQ."""
    async with running_service(
        "billing",
        create_app,
        BillingSettings,
        relay=True,
        broker_url=amqp_url,
        chunk_families=1,
        chunk_lease_seconds=2,
    ) as service:
        town = town_class(service)
        await town.open()
        await a_month(town)
        yield town


async def assert_billed_once(town, run) -> None:
    assert (run["families"], run["chunks_done"]) == (FAMILIES, FAMILIES)
    assert run["total_cents"] == FAMILIES * 20 * 260
    assert await drafts(town, run["run_id"]) == FAMILIES


@pytest.mark.usefixtures("topology_is_made")
@pytest.mark.parametrize("fault", ["none", "kill"])
async def test_a_run_is_computed_once_whatever_happens_to_a_worker(amqp_url, fault, town_class):
    async with run_of_many_chunks(amqp_url, town_class) as town:
        with worker(town.service, amqp_url) as (victim, url), worker(town.service, amqp_url) as (_, other):
            await asyncio.gather(until_ready(url), until_ready(other))
            async with httpx2.AsyncClient() as client:
                assert (await client.get(f"{url}/healthz")).status_code == 200
            run_id = (await town.begin_run()).json()["run_id"]
            if fault == "kill":
                victim.kill()
            run = await until_computed(town, run_id)
        await assert_billed_once(town, run)


@pytest.mark.usefixtures("topology_is_made")
async def test_a_worker_paused_past_its_lease_commits_nothing_when_it_goes_on(amqp_url, town_class):
    """It stands in the midst of a chunk, which another computes meanwhile.

    Guards: the server ends a transaction that idles past the lease; the chunk's epoch, in the fence.
    """
    async with run_of_many_chunks(amqp_url, town_class) as town:
        database = town.service.database
        with worker(town.service, amqp_url) as (victim, url):
            await until_ready(url)
            victim.send_signal(signal.SIGSTOP)
            run_id = (await town.begin_run()).json()["run_id"]
            async with lock_waits(database) as waits, locked_table(database, "commune_copy"):
                victim.send_signal(signal.SIGCONT)
                await waits.until()  # it has claimed a chunk and reads on
                victim.send_signal(signal.SIGSTOP)
            with worker(town.service, amqp_url) as (_, other):
                await until_ready(other)
                run = await until_computed(town, run_id)
                await assert_billed_once(town, run)
        # The victim went on, and ended in order with what it had in hand.
        await assert_billed_once(town, await until_computed(town, run_id))
