"""RabbitMQ lives and takes nothing: frozen, out of memory or disk. Writes go on, all arrives afterwards."""

import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import httpx2
import pytest

from preau.common.db.driver import connect
from preau.operations.tour.client import Client
from preau.testing.deployment import Deployment
from preau.testing.waiting import eventually

from .conftest import register

pytestmark = pytest.mark.fault
NOTHING_HANGS_SECONDS = 10
TOLD_WITHIN_SECONDS = 30
BACK_WITHIN_SECONDS = 60


@contextmanager
def frozen(deployment: Deployment) -> Iterator[None]:
    """Connections stay open, and nobody answers."""
    pid = deployment.rabbitmq.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def without_memory(deployment: Deployment) -> Iterator[None]:
    """The memory alarm: RabbitMQ reads no more from whoever publishes."""
    deployment.rabbitmq.control("set_vm_memory_high_watermark", "absolute", "1")
    try:
        yield
    finally:
        deployment.rabbitmq.control("set_vm_memory_high_watermark", "0.6")


@contextmanager
def without_disk(deployment: Deployment) -> Iterator[None]:
    """The disk alarm."""
    deployment.rabbitmq.control("set_disk_free_limit", "1000000GB")
    try:
        yield
    finally:
        deployment.rabbitmq.control("set_disk_free_limit", "1MB")


@pytest.mark.parametrize("stalled", [frozen, without_memory, without_disk])
async def test_writes_go_on_and_all_arrives_afterwards(
    deployment: Deployment,
    agent: Client,
    until_sound: Callable[[], Awaitable[None]],
    stalled: Callable[[Deployment], "contextmanager[None]"],
) -> None:
    await until_sound()
    families: list[str] = []
    slowest = 0.0

    async def told_and_kept() -> bool:
        """Until identity says that the broker is away, and has tried in vain to publish."""
        nonlocal slowest
        began = time.monotonic()
        families.append(register(agent, f"Famille en attente {len(families)}"))
        slowest = max(slowest, time.monotonic() - began)
        return not broker_answers(deployment) and await tried_in_vain(deployment)

    with stalled(deployment):
        await eventually(told_and_kept, "it is told, and rows wait", within_seconds=TOLD_WITHIN_SECONDS)
        waiting = await waiting_rows(deployment)
    print(f"{len(families)} families in the meantime, the slowest in {slowest:.1f} s; {waiting} rows waited")
    assert slowest < NOTHING_HANGS_SECONDS
    assert waiting > 0

    async def all_are_ready() -> bool:
        return all(process.is_ready() for process in deployment)

    await eventually(all_are_ready, "all are ready again", within_seconds=BACK_WITHIN_SECONDS)
    await until_sound()


def broker_answers(deployment: Deployment) -> bool:
    """What `/readyz` of identity tells, itself in time; its metric is the same."""
    began = time.monotonic()
    told = httpx2.get(f"{deployment['identity'].url}/readyz", timeout=NOTHING_HANGS_SECONDS).json()
    figures = httpx2.get(f"{deployment['identity'].url}/metrics", timeout=NOTHING_HANGS_SECONDS).text
    assert time.monotonic() - began < NOTHING_HANGS_SECONDS
    if not told["checks"]["broker"]:
        assert "preau_broker_answers 0.0" in figures
    return told["checks"]["broker"]


async def tried_in_vain(deployment: Deployment) -> bool:
    return await rows(deployment, "SELECT count(*) FROM outbox WHERE attempts > 0") > 0


async def waiting_rows(deployment: Deployment) -> int:
    return await rows(deployment, "SELECT count(*) FROM outbox")


async def rows(deployment: Deployment, sql: str) -> int:
    connection = await connect(deployment.postgres.url("preau_identity"))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()
