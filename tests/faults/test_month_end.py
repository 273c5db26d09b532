"""A month's end while workers, the broker and the database fail: each invoice once, each number once."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest

from preau.billing import demo
from preau.common.db.driver import connect
from preau.operations.tour.calendar_days import today
from preau.operations.tour.client import Client
from preau.reservations.demo import seed
from preau.testing.deployment import Deployment
from preau.testing.waiting import eventually

from .conftest import register

pytestmark = pytest.mark.fault
FAMILIES = 20
WITHIN_SECONDS = 120
WORKERS = ("billing-worker-1", "billing-worker-2", "billing-worker-3")


async def kill_workers(deployment: Deployment, rng: random.Random) -> None:
    """All but one are killed, the last one stands still meanwhile: nobody is at it."""
    *victims, asleep = rng.sample(WORKERS, len(WORKERS))
    pid = deployment[asleep].pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    for victim in victims:
        deployment[victim].kill()
    await asyncio.sleep(rng.uniform(0, 2))
    for victim in victims:
        deployment[victim].start()
    await asyncio.sleep(rng.uniform(0, 2))
    os.kill(pid, signal.SIGCONT)


async def kill_broker(deployment: Deployment, rng: random.Random) -> None:
    deployment.rabbitmq.kill()
    await asyncio.sleep(rng.uniform(0, 2))
    deployment.rabbitmq.start()


async def kill_database(deployment: Deployment, rng: random.Random) -> None:
    deployment.postgres.kill()
    await asyncio.sleep(rng.uniform(0, 1))
    deployment.postgres.start()


@pytest.mark.parametrize(
    ("fault", "months_ahead"),
    [(kill_workers, 3), (kill_broker, 4), (kill_database, 5)],
    ids=["workers", "broker", "database"],
)
async def test_a_month_is_billed_once_whatever_fails(
    deployment: Deployment,
    until_sound: Callable[[], Awaitable[None]],
    agent: Client,
    rng: random.Random,
    fault: Callable[[Deployment, random.Random], Awaitable[None]],
    months_ahead: int,
) -> None:
    """The fault comes twice: in the midst of computing, and in the midst of issuing."""
    month = (today().replace(day=1) + timedelta(days=31 * months_ahead)).replace(day=1)
    families = book_a_day(agent, month)
    await eventually(
        lambda: heard(deployment, families, month), "billing hears of all", within_seconds=WITHIN_SECONDS
    )
    body = {"regie_id": str(demo.MEALS), "period": f"{month:%Y-%m}", "kind": "month_end"}
    run_id = agent.api("POST", "billing", "runs", json=body, expect=202)["run_id"]
    await midway(deployment, run_id, "chunks_done", rng.uniform(0, 0.7))
    await fault(deployment, rng)
    await until(agent, run_id, "computed")

    agent.once("billing", f"runs/{run_id}/issue", json={}, expect=202)
    await midway(deployment, run_id, "stages_done", rng.uniform(0, 0.7))
    await fault(deployment, rng)
    run = await until(agent, run_id, "issued")

    assert run["invoices_issued"] == run["families"] >= FAMILIES
    assert await billed(deployment, run_id) == {"invoices": run["families"], "numbers": run["families"]}
    await until_sound()


def book_a_day(agent: Client, month: date) -> set[str]:
    """Families with a child each that has one meal in the month."""
    families = {register(agent, f"Famille facturée {number:02}", child="Noé") for number in range(FAMILIES)}
    days = [day for day in (month + timedelta(days=number) for number in range(28)) if day.weekday() == 0]
    for family_id in sorted(families):
        [child] = agent.api("GET", "identity", f"families/{family_id}")["children"]
        assert any(booked(agent, family_id, child["child_id"], day) for day in days), "no place in the month"
    return families


def booked(agent: Client, family_id: str, child_id: str, day: date) -> bool:
    body = {
        "family_id": family_id,
        "child_id": child_id,
        "activity_id": str(seed.REPAS),
        "date": day.isoformat(),
        "override_deadline": True,
        "reason": "Régularisation",
    }
    answer = agent.once("reservations", "bookings", json=body, expect=(201, 404, 409, 422))
    return "booking_id" in answer


async def ask(deployment: Deployment, sql: str, *arguments: Any) -> Any:
    """The first row that billing's database answers."""
    connection = await connect(deployment.postgres.url("preau_billing"))
    try:
        return await connection.fetchrow(sql, *arguments)
    finally:
        await connection.close()


async def heard(deployment: Deployment, families: set[str], month: date) -> bool:
    row = await ask(
        deployment,
        "SELECT count(DISTINCT family_id) AS families FROM charge"
        " WHERE family_id = ANY ($1::uuid[]) AND service_date >= $2",
        sorted(families),
        month,
    )
    return row["families"] == len(families)


async def midway(deployment: Deployment, run_id: str, column: str, share: float) -> None:
    """Wait until more than this share of the run's chunks or stages is done."""
    sql = f"SELECT {column} > $2 * chunks_total AS is_reached FROM billing_run WHERE run_id = $1"  # noqa: S608

    async def reached() -> bool:
        return (await ask(deployment, sql, run_id, share))["is_reached"]

    await eventually(reached, f"{column} {share:.0%}", within_seconds=WITHIN_SECONDS, pause_seconds=0.005)


async def until(agent: Client, run_id: str, status: str) -> dict[str, Any]:
    async def arrived() -> bool:
        return agent.api("GET", "billing", f"runs/{run_id}")["status"] == status

    await eventually(arrived, f"the run is {status}", within_seconds=WITHIN_SECONDS, pause_seconds=0.2)
    return agent.api("GET", "billing", f"runs/{run_id}")


async def billed(deployment: Deployment, run_id: str) -> dict[str, int]:
    row = await ask(
        deployment,
        "SELECT count(DISTINCT family_id) AS invoices, count(DISTINCT number) AS numbers FROM invoice"
        " WHERE run_id = $1 AND status <> 'draft'",
        run_id,
    )
    return dict(row)
