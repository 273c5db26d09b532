"""A service says and reads what is its own: the broker refuses the rest, and so do the readers."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelAccessRefused

from preau.common.messaging.broker import Parked
from preau.common.messaging.rabbitmq import RabbitBroker
from preau.common.messaging.rabbitmq_message import DEATHS, KEY
from preau.common.messaging.rabbitmq_topology import EXCHANGE, PARKED
from preau.testing.deployment import Deployment
from preau.testing.waiting import eventually

pytestmark = [pytest.mark.fault, pytest.mark.usefixtures("nothing_stays_parked")]
SETTLED = "payments.payment.settled.v1"
FAMILY = "identity.family.updated.v1"


def event(event_type: str, *, source: str = "") -> bytes:
    commune = str(uuid4())
    envelope = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": source or f"/preau/{event_type.split('.')[0]}",
        "type": event_type,
        "time": datetime.now(UTC).isoformat(),
        "subject": str(uuid4()),
        "communeid": commune,
        "data": {"commune_id": commune},
    }
    return json.dumps(envelope).encode()


@asynccontextmanager
async def channel_of(deployment: Deployment, service: str) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(deployment.broker_url(service)) as connection:
        yield await connection.channel(on_return_raises=True)


async def publish(
    deployment: Deployment, service: str, exchange: str, key: str, body: bytes, **headers: Any
) -> None:
    """Publish as the user of ``service``; raises what the broker answers."""
    message = aio_pika.Message(body, message_id=str(uuid4()), headers=headers)
    async with channel_of(deployment, service) as channel:
        where = await channel.get_exchange(exchange, ensure=False) if exchange else channel.default_exchange
        await where.publish(message, key, timeout=10)


@pytest.mark.parametrize(
    ("exchange", "key"),
    [
        (EXCHANGE, SETTLED),
        (EXCHANGE, "#"),
        ("", "billing.payments"),
        ("preau.retries.5s", "billing.payments"),
        ("preau.retries.5s", "identity.effects.parked"),
        (PARKED, "billing.payments.parked"),
        ("amq.topic", FAMILY),
    ],
)
async def test_the_broker_refuses_what_is_anothers_to_say(
    deployment: Deployment, exchange: str, key: str
) -> None:
    with pytest.raises(ChannelAccessRefused):
        await publish(deployment, "identity", exchange, key, event(SETTLED))


async def test_a_service_has_no_hold_on_queues_of_others_nor_on_the_topology(deployment: Deployment) -> None:
    async def refused(attempt: Callable[[AbstractChannel], Awaitable[Any]]) -> None:
        async with channel_of(deployment, "identity") as channel:
            with pytest.raises(ChannelAccessRefused):
                await attempt(channel)

    async def theirs(channel: AbstractChannel, name: str = "billing.payments") -> Any:
        return await channel.get_queue(name, ensure=False)

    async def read(channel: AbstractChannel) -> None:
        await (await theirs(channel)).get(fail=False)

    async def read_parked(channel: AbstractChannel) -> None:
        await (await theirs(channel, "identity.effects.parked")).get(fail=False)

    async def purge(channel: AbstractChannel) -> None:
        await (await theirs(channel)).purge()

    async def unbind(channel: AbstractChannel) -> None:
        await (await theirs(channel)).unbind(EXCHANGE, SETTLED)

    async def bind_its_own(channel: AbstractChannel) -> None:
        await (await theirs(channel, "identity.effects")).bind(EXCHANGE, "#")

    async def delete(channel: AbstractChannel) -> None:
        await channel.queue_delete("billing.payments")

    async def make(channel: AbstractChannel) -> None:
        await channel.declare_queue("identity.of-its-own", durable=True)

    async def make_exchange(channel: AbstractChannel) -> None:
        await channel.declare_exchange("identity.of-its-own", durable=True)

    for attempt in (read, read_parked, purge, unbind, bind_its_own, delete, make, make_exchange):
        await refused(attempt)


async def test_operators_put_into_a_queue_and_publish_to_nobody_else(deployment: Deployment) -> None:
    with pytest.raises(ChannelAccessRefused):
        await publish(deployment, "operations", EXCHANGE, FAMILY, event(FAMILY))
    with pytest.raises(ChannelAccessRefused):
        async with channel_of(deployment, "operations") as channel:
            await (await channel.get_queue("billing.payments", ensure=False)).get(fail=False)


@pytest.mark.parametrize(
    ("service", "key", "body", "headers", "queue", "reason"),
    [
        pytest.param(
            *("payments", "payments.payment.failed.v1", event("billing.invoice.settled.v1"), {}),
            *("identity.notifications", "published under the key payments.payment.failed.v1"),
            id="another's type under its own key",
        ),
        pytest.param(
            *("payments", SETTLED, event(SETTLED, source="/preau/billing"), {}),
            *("billing.payments", "not for /preau/billing to say"),
            id="another's source",
        ),
        pytest.param(
            *("identity", FAMILY, event(SETTLED), {"CC": [SETTLED], KEY: SETTLED}),
            *("billing.payments", f"published under the key {FAMILY}"),
            id="a copy to another's key",
        ),
        pytest.param(
            *("payments", SETTLED, event(SETTLED), {DEATHS: [{"exchange": "preau.retries.5s"}]}),
            *("billing.payments", "of nobody known"),
            id="a forged past",
        ),
    ],
)
async def test_readers_refuse_what_its_publisher_may_not_say(
    deployment: Deployment,
    service: str,
    key: str,
    body: bytes,
    headers: dict[str, Any],
    queue: str,
    reason: str,
) -> None:
    """What the broker lets pass: it knows keys, not bodies, and before RabbitMQ 4 not the keys of ``CC``."""
    try:
        await publish(deployment, service, EXCHANGE, key, body, **headers)
    except ChannelAccessRefused:
        assert "CC" in headers
        return
    parked = await parked_in(deployment, queue)
    assert reason in parked.reason


@pytest.mark.parametrize("exchange", ["preau.retries.5s", PARKED])
async def test_nobody_reaches_another_queue_by_a_copy_of_a_retry(
    deployment: Deployment, exchange: str
) -> None:
    """Neither by itself nor when an operator puts it back."""
    suffix = ".parked" if exchange == PARKED else ""
    headers = {"CC": [f"billing.payments{suffix}"], KEY: SETTLED}
    try:
        await publish(
            deployment, "identity", exchange, f"identity.effects{suffix}", event(SETTLED), **headers
        )
    except ChannelAccessRefused:
        return
    parked = await parked_in(deployment, "billing.payments")
    if exchange == PARKED:
        assert parked.message.routing_key == ""
    else:
        assert "of nobody known" in parked.reason


async def parked_in(deployment: Deployment, queue: str) -> Parked:
    """The one message that comes to be parked in ``queue``."""
    broker = RabbitBroker(deployment.operations_broker_url, name="tests")
    await broker.connect()
    found: list[Parked] = []

    async def is_parked() -> bool:
        found[:] = [item async for item in broker.parked(queue)]
        return bool(found)

    try:
        await eventually(is_parked, f"something is parked in {queue}", within_seconds=30)
    finally:
        await broker.close()
    assert len(found) == 1
    return found[0]
