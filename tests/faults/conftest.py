"""What every fault test needs: a tour under way, a random moment that can be had again, and the audit."""

import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from preau.common.messaging.rabbitmq_topology import parked_name
from preau.contracts.topology import QUEUES
from preau.identity.demo import DEMO_PASSWORD
from preau.operations.tour.client import Client
from preau.testing.deployment import Deployment

PREAU = Path(sys.executable).with_name("preau")
A_CHILD = {
    "birth_date": "2017-05-14",
    "school": "École Jules-Ferry",
    "class_name": "CE2 B",
    "level": "elementary",
    "diet": "",
}


@pytest.fixture
def rng() -> random.Random:
    """Random moments; PREAU_FAULT_SEED gives those of a failed run again."""
    seed = int(os.environ.get("PREAU_FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
    print(f"PREAU_FAULT_SEED={seed}")
    return random.Random(seed)  # noqa: S311 - moments, not secrets


@asynccontextmanager
async def admin_channel(deployment: Deployment) -> AsyncIterator[AbstractChannel]:
    """Every right at the broker."""
    async with await aio_pika.connect(deployment.rabbitmq.url) as connection:
        yield await connection.channel()


@pytest.fixture
async def nothing_stays_parked(deployment: Deployment) -> AsyncIterator[None]:
    yield
    async with admin_channel(deployment) as channel:
        for queue in QUEUES:
            await (await channel.get_queue(parked_name(queue.name), ensure=False)).purge()


@pytest.fixture
def agent(deployment: Deployment) -> Client:
    """An administrator of Jolieville, signed in."""
    client = Client(deployment.url, "agent")
    client.sign_in("admin@jolieville.example", DEMO_PASSWORD)
    return client


def register(agent: Client, label: str, *, child: str | None = None) -> str:
    """Register a family of that name, with a child of that name or none, as often as one likes; its id."""
    guardian = {"civility": "m", "first_name": "Sacha", "last_name": "Exemple", "email": "", "phone": ""}
    body = {
        "label": label,
        "residency": "resident",
        "address": {"street": "1 rue du Lac", "postal_code": "99000", "city": "Jolieville"},
        "guardians": [{**guardian, "is_payer": True}],
        "children": [] if child is None else [{"first_name": child, "last_name": "Exemple", **A_CHILD}],
        "quotients": [],
        "known_family": True,
    }
    return agent.api("POST", "identity", "families", json=body, expect=201)["family_id"]


def operators_environment(deployment: Deployment) -> dict[str, str]:
    """What the command `preau` needs to look at databases and queues."""
    place = f"127.0.0.1:{deployment.postgres.port}/preau_{{service}}"
    return {
        "PREAU_AUDIT_DATABASE_URL": f"postgresql://preau_{{service}}_audit:{deployment.audit_password}@{place}",
        "PREAU_BROKER_URL": deployment.operations_broker_url,
        "COLUMNS": "200",
    }


def preau(*arguments: str, environment: Mapping[str, str]) -> str:
    """What the command prints; it must succeed."""
    answer = subprocess.run(
        [PREAU, *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout
