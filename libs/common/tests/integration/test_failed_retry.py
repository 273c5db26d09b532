"""A message that cannot even be put aside for later is not lost with the next acknowledgement."""

from collections.abc import AsyncIterator
from datetime import timedelta

import aio_pika
import pytest
from uuid_utils.compat import uuid7

from preau.common.messaging.broker import Delivery, Handled, Message, Outcome, QueueSpec
from preau.common.messaging.rabbitmq import RabbitBroker
from preau.common.messaging.rabbitmq_topology import retries_name, tier_name
from preau.testing.waiting import eventually

OWN_TIER = timedelta(seconds=7)  # of this test alone: it takes its queue away


@pytest.fixture
async def broker(amqp_url: str) -> AsyncIterator[RabbitBroker]:
    broker = RabbitBroker(amqp_url, name="tests", retry_tiers=[OWN_TIER])
    await broker.connect()
    yield broker
    await broker.close()


async def test_it_comes_again_when_no_retry_queue_takes_it(broker: RabbitBroker, amqp_url: str) -> None:
    """Left unsettled, it would be covered by the acknowledgement of the second."""
    queue = QueueSpec(f"tests.{uuid7().hex}", ("tests.retry.fails",), prefetch=1)
    await broker.declare([queue])
    async with await aio_pika.connect(amqp_url) as connection:
        retry = await (await connection.channel()).get_queue(tier_name(OWN_TIER), ensure=False)
        await retry.unbind(retries_name(OWN_TIER), "#")
    seen: list[str] = []

    async def fail_the_first_time(deliveries: list[Delivery]) -> list[Handled]:
        answers: list[Handled] = []
        for delivery in deliveries:
            body = delivery.message.body.decode()
            answers.append(Handled(Outcome.DONE if body != "first" or body in seen else Outcome.RETRY))
            seen.append(body)
        return answers

    sent = [Message(str(uuid7()), "tests.retry.fails", body) for body in (b"first", b"second")]
    assert list(await broker.publish(sent)) == [None, None]
    consumption = await broker.consume(queue, fail_the_first_time)

    async def both_took_effect() -> bool:
        return seen.count("first") == 2 and "second" in seen

    await eventually(both_took_effect, "the first message comes again")
    await consumption.stop()
