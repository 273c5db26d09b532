"""Messages that nobody can handle are put aside at once, and their neighbours go on."""

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import aio_pika
import pytest

from preau.common.db.driver import connect
from preau.common.ids import new_id
from preau.common.messaging.broker import RETRY_TIERS, Message
from preau.common.messaging.rabbitmq import RabbitBroker
from preau.common.messaging.rabbitmq_message import FAILURES
from preau.common.messaging.relay import to_message
from preau.common.settings import DEMO_PASSWORD
from preau.operations.audit.auditor import queue_depths
from preau.operations.tour.client import Client
from preau.testing.deployment import Deployment
from preau.testing.waiting import eventually

from .conftest import admin_channel, register

pytestmark = pytest.mark.fault
PREAU = Path(sys.executable).with_name("preau")
FAMILY = "identity.family.updated.v1"
FIRST_RETRY_SECONDS = RETRY_TIERS[0].total_seconds()
READERS = {"reservations.copies", "billing.copies", "payments.copies", "requests.copies"}


def poison() -> list[Message]:
    """No JSON, no envelope, a version that nobody knows, data that are not the event's, another's commune."""
    envelope = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "/preau/identity",
        "type": FAMILY,
        "time": "2026-03-01T08:00:00Z",
        "subject": str(uuid4()),
        "communeid": str(uuid4()),
        "data": {},
    }
    bodies = (
        b"{ this is not JSON",
        b"[]",
        json.dumps({**envelope, "type": "identity.family.updated.v99"}).encode(),
        json.dumps(envelope).encode(),
    )
    return [Message(str(uuid4()), FAMILY, body) for body in bodies]


@pytest.fixture(autouse=True)
def clean(nothing_stays_parked: None) -> None: ...


async def test_poison_is_parked_and_the_next_goes_on(
    deployment: Deployment, until_sound: Callable[[], Awaitable[None]]
) -> None:
    agent = Client(deployment.url, "agent")
    agent.sign_in("admin@jolieville.example", DEMO_PASSWORD)
    families = [register(agent, "Famille voisine")]
    bad = poison()
    await publish(deployment, bad)
    families.append(register(agent, "Famille voisine"))

    async def neighbours_went_on() -> bool:
        return await copies(deployment, families) == len(families)

    await eventually(neighbours_went_on, "neighbours arrive", within_seconds=FIRST_RETRY_SECONDS)

    assert await parked(deployment) == dict.fromkeys(READERS, len(bad))
    shown = preau("queues", "--parked", "billing.copies", broker_url=deployment.operations_broker_url)
    assert "malformed" in shown and "unknown type" in shown
    assert all(message.message_id in shown for message in bad)

    preau("queues", "--replay", "billing.copies", "--yes", broker_url=deployment.operations_broker_url)

    async def parked_again() -> bool:
        return (await parked(deployment)).get("billing.copies") == len(bad)

    await eventually(parked_again, "poison stays poison")

    told = preau(
        "queues",
        "--drop",
        "billing.copies",
        "--only",
        "unknown type",
        "--yes",
        broker_url=deployment.operations_broker_url,
    )
    assert bad[2].message_id in told and "1 message(s) of billing.copies dropped" in told
    assert (await parked(deployment))["billing.copies"] == len(bad) - 1


async def test_what_was_parked_by_a_fault_is_replayed_after_it(
    deployment: Deployment, until_sound: Callable[[], Awaitable[None]]
) -> None:
    """Its last retry has failed, as billing may not write; when it may again, an operator puts it back."""
    superuser = await connect(deployment.postgres.url("preau_billing"))
    family_id, message = await event_of_another_family(deployment)
    known = "SELECT count(*) FROM family_copy WHERE family_id = $1::uuid"

    async def is_parked() -> bool:
        return await parked(deployment) == {"billing.copies": 1}

    async def is_known() -> bool:
        return await superuser.fetchval(known, family_id) == 1

    try:
        await superuser.execute("REVOKE INSERT, UPDATE ON family_copy FROM preau_application")
        async with admin_channel(deployment) as channel:
            last_time = aio_pika.Message(
                message.body,
                message_id=message.message_id,
                headers={"x-preau-key": message.routing_key, FAILURES: len(RETRY_TIERS)},
            )
            await channel.default_exchange.publish(last_time, "billing.copies")
        await eventually(is_parked, "the message is parked")
    finally:
        await superuser.execute("GRANT INSERT, UPDATE ON family_copy TO preau_application")
    assert not await is_known()
    told = preau("queues", "--replay", "billing.copies", "--yes", broker_url=deployment.operations_broker_url)
    assert "1 message(s) of billing.copies put back" in told
    await eventually(is_known, "the message takes effect")
    await superuser.execute("DELETE FROM family_copy WHERE family_id = $1::uuid", family_id)
    await superuser.execute("DELETE FROM inbox WHERE msg_id = $1::uuid", message.message_id)
    await superuser.close()
    await until_sound()


async def event_of_another_family(deployment: Deployment) -> tuple[str, Message]:
    """The event of a real family under another id."""
    connection = await connect(deployment.postgres.url("preau_identity"))
    row = dict(await connection.fetchrow("SELECT * FROM event_log WHERE routing_key = $1 LIMIT 1", FAMILY))
    await connection.close()
    family_id = str(new_id())
    payload = row["payload"].replace(str(row["aggregate_id"]), family_id)
    return family_id, to_message(
        {**row, "msg_id": new_id(), "aggregate_id": family_id, "payload": payload}, "identity"
    )


async def copies(deployment: Deployment, family_ids: list[str]) -> int:
    """How many of the families every reader knows."""
    counts: list[int] = []
    for queue in READERS:
        connection = await connect(deployment.postgres.url(f"preau_{queue.split('.')[0]}"))
        sql = "SELECT count(*) FROM family_copy WHERE family_id = ANY ($1::uuid[])"
        counts.append(await connection.fetchval(sql, family_ids))
        await connection.close()
    return min(counts)


async def publish(deployment: Deployment, messages: list[Message]) -> None:
    broker = RabbitBroker(deployment.rabbitmq.url, name="poisoner")
    await broker.connect()
    assert not any(await broker.publish(messages))
    await broker.close()


async def parked(deployment: Deployment) -> dict[str, int]:
    """How many messages are parked, by queue."""
    depths = await queue_depths(deployment.operations_broker_url)
    return {depth.name: depth.parked for depth in depths if depth.parked}


def preau(*arguments: str, broker_url: str) -> str:
    """What the command prints; it must succeed."""
    answer = subprocess.run(
        [PREAU, *arguments],
        env={"PREAU_BROKER_URL": broker_url, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout
