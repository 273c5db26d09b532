"""RabbitMQ: quorum queues on a durable topic exchange, confirms, shared retry tiers, a parked queue each.

A failed message is published to the exchange of its retry tier under the name of its queue; the tier's queue
holds it for its time and dead-letters it through the default exchange, which routes by that name. So four
retry queues serve all. A service needs no right to declare anything: it looks whether all is there.
"""

import asyncio
import contextlib
import math
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any

import aio_pika
import aiohttp
from aio_pika.abc import AbstractChannel, AbstractRobustConnection
from aio_pika.exceptions import AMQPError, AuthenticationError, PublishError
from yarl import URL

from preau.common.ending import end_tasks, end_within
from preau.common.logging import logger
from preau.common.messaging.broker import (
    RETRY_TIERS,
    BatchHandler,
    Choice,
    Message,
    Parked,
    QueueDepth,
    QueueSpec,
    Unroutable,
    everything,
)
from preau.common.messaging.rabbitmq_consumption import RabbitConsumption
from preau.common.messaging.rabbitmq_look import absent, answers, exchange_is_there, unbound
from preau.common.messaging.rabbitmq_message import PUBLISH_TIMEOUT, to_amqp
from preau.common.messaging.rabbitmq_parked import divide, parked_batches, parked_of
from preau.common.messaging.rabbitmq_topology import EXCHANGE, parked_name, topology_of

log = logger(__name__)

WINDOW = 256
CLOSING_SECONDS = 5.0
PULSE_SECONDS = 3.0
CONNECT_SECONDS = 5.0
LOOKS_AGAIN_SECONDS = 2.0
GIVEN_BACK_LOOKS = 100


class RabbitBroker:
    """The broker protocol over one robust connection."""

    system = "rabbitmq"

    def __init__(
        self,
        url: str,
        *,
        name: str,
        retry_tiers: Sequence[timedelta] = RETRY_TIERS,
        management_url: str = "",
    ) -> None:
        self._url = URL(url).update_query(heartbeat="20", reconnect_interval="1", name=name)
        self._tiers = tuple(retry_tiers)
        self._management_url = management_url
        self._connection: AbstractRobustConnection | None = None
        self._publisher: Any = None
        self._events: Any = None
        self._pulse: asyncio.Task[bool] | None = None

    async def connect(self, patience_seconds: float | None = None) -> None:
        now = asyncio.get_running_loop().time
        give_up_at = now() + (math.inf if patience_seconds is None else patience_seconds)
        while self._connection is None:
            left = max(1.0, min(CONNECT_SECONDS, give_up_at - now()))
            try:
                self._connection = await aio_pika.connect_robust(self._url, timeout=left)
            except (OSError, AMQPError, TimeoutError) as error:
                refused = patience_seconds is not None and isinstance(error, AuthenticationError)
                if refused or now() >= give_up_at:
                    raise
                if patience_seconds is None:
                    log.warning("broker not reached, trying again", error=repr(error))
                await asyncio.sleep(1)
        self._publisher = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        self._events = await self._publisher.get_exchange(EXCHANGE, ensure=False)

    async def close(self) -> None:
        if self._pulse is not None:
            self._pulse.cancel()
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def is_ready(self) -> bool:
        """Whether the broker answers within 3 s; one that is frozen keeps its connections open.

        A question that has no answer yet is not asked again, nor given up: its channel would be unusable.
        """
        if self._connection is None or not self._connection.connected.is_set():
            return False
        if self._pulse is None or self._pulse.done():
            self._pulse = asyncio.create_task(self._answers(), name="broker pulse")
        done, _ = await asyncio.wait([self._pulse], timeout=PULSE_SECONDS)
        return bool(done) and self._pulse.result()

    async def _answers(self) -> bool:
        try:
            return await answers(self._connected(), exchange_is_there(EXCHANGE))
        except (AMQPError, OSError, RuntimeError, TimeoutError):
            return False

    def _connected(self) -> AbstractRobustConnection:
        if self._connection is None:
            raise RuntimeError("the broker is not connected")
        return self._connection

    async def declare(self, queues: Sequence[QueueSpec]) -> None:
        topology = topology_of(queues, self._tiers)
        for exchange in topology.exchanges:
            await self._publisher.declare_exchange(exchange, aio_pika.ExchangeType.TOPIC, durable=True)
        made = {
            name: await self._publisher.declare_queue(name, durable=True, arguments=dict(arguments))
            for name, arguments in topology.queues.items()
        }
        for binding in topology.bindings:
            await made[binding.queue].bind(binding.exchange, routing_key=binding.routing_key)

    async def expect(self, queues: Sequence[QueueSpec]) -> None:
        topology = topology_of(queues, self._tiers)
        while missing := await absent(self._connected(), topology):
            log.warning("the broker is not set up, waiting for `preau broker set-up`", missing=missing)
            await asyncio.sleep(LOOKS_AGAIN_SECONDS)

    async def missing(self, queues: Sequence[QueueSpec]) -> Sequence[str]:
        topology = topology_of(queues, self._tiers)
        found = await absent(self._connected(), topology)
        if found or not self._management_url:
            return found
        login = aiohttp.BasicAuth(self._url.user or "", self._url.password or "")
        return await unbound(self._management_url, login, topology)

    async def publish(self, messages: Sequence[Message]) -> Sequence[BaseException | None]:
        return await _in_windows(
            messages, lambda one: self._events.publish(to_amqp(one), one.routing_key, mandatory=True)
        )

    async def send(self, queue: str, messages: Sequence[Message]) -> Sequence[BaseException | None]:
        default = self._publisher.default_exchange
        return await _in_windows(messages, lambda one: default.publish(to_amqp(one), queue, mandatory=True))

    async def consume(self, queue: QueueSpec, handle: BatchHandler) -> RabbitConsumption:
        channel = await self._connected().channel(publisher_confirms=True, on_return_raises=True)
        await channel.set_qos(prefetch_count=queue.prefetch)
        consumption = RabbitConsumption(channel, queue, handle, self._tiers)
        await consumption.start()
        return consumption

    async def parked(self, queue: str) -> AsyncGenerator[Parked]:
        count = 0
        async with self._channel() as channel:  # closed, what was only looked at goes back
            async for batch in parked_batches(channel, queue):
                for got in batch:
                    count += 1
                    yield parked_of(queue, got)
        for _ in range(GIVEN_BACK_LOOKS):  # when it suits the broker
            if (await self.depths([queue]))[0].parked >= count:
                return
            await asyncio.sleep(0.05)

    async def replay(self, queue: str, chosen: Choice = everything) -> AsyncGenerator[Parked]:
        async with self._channel() as channel:
            async for batch in parked_batches(channel, queue):
                taken = await divide(channel, queue, batch, chosen, replay=True)
                for parked in taken:
                    yield parked

    async def drop(self, queue: str, chosen: Choice = everything) -> AsyncGenerator[Parked]:
        async with self._channel() as channel:
            async for batch in parked_batches(channel, queue):
                taken = await divide(channel, queue, batch, chosen, replay=False)
                for parked in taken:
                    yield parked

    @contextlib.asynccontextmanager
    async def _channel(self) -> AsyncGenerator[AbstractChannel]:
        """A channel for one piece of work; what is not acknowledged at its end is in the queue again."""
        channel = await self._connected().channel(publisher_confirms=True, on_return_raises=True)
        try:
            yield channel
        finally:
            await channel.close()

    async def depths(self, queues: Sequence[str]) -> Sequence[QueueDepth]:
        channel = await self._connected().channel()
        try:
            counts = [
                [
                    (await channel.declare_queue(name, passive=True)).declaration_result.message_count or 0
                    for name in (queue, parked_name(queue))
                ]
                for queue in queues
            ]
        finally:
            await channel.close()
        return [
            QueueDepth(queue, ready, parked) for queue, (ready, parked) in zip(queues, counts, strict=True)
        ]


async def _in_windows(
    messages: Sequence[Message], publish: Callable[[Message], Coroutine[Any, Any, Any]]
) -> list[BaseException | None]:
    """Publish so many at once as the broker confirms together; each window within its time."""
    results: list[BaseException | None] = []
    for start in range(0, len(messages), WINDOW):
        window = messages[start : start + WINDOW]
        tasks = [asyncio.create_task(publish(message)) for message in window]
        _, pending = await asyncio.wait(tasks, timeout=PUBLISH_TIMEOUT)
        await end_within(CLOSING_SECONDS, "publication", end_tasks(pending))
        results += [_failure(task, message) for task, message in zip(tasks, window, strict=True)]
    return results


def _failure(publication: asyncio.Task[Any], message: Message) -> BaseException | None:
    if not publication.done() or publication.cancelled():
        return TimeoutError("not confirmed in time")
    error = publication.exception()
    return Unroutable(message.routing_key) if isinstance(error, PublishError) else error
