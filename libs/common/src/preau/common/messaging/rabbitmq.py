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
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractRobustConnection
from aio_pika.exceptions import AMQPError, AuthenticationError, PublishError
from yarl import URL

from preau.common.ending import end_tasks, end_within
from preau.common.logging import logger
from preau.common.messaging.broker import (
    RETRY_TIERS,
    BatchHandler,
    Choice,
    Message,
    Outcome,
    Parked,
    QueueDepth,
    QueueSpec,
    Unroutable,
    everything,
)
from preau.common.messaging.rabbitmq_look import absent, answers, exchange_is_there, unbound
from preau.common.messaging.rabbitmq_message import REASON, from_amqp, to_amqp
from preau.common.messaging.rabbitmq_topology import (
    EXCHANGE,
    PARKED,
    parked_name,
    retries_name,
    topology_of,
)

log = logger(__name__)

WINDOW = 256
PUBLISH_TIMEOUT = 10.0
GIVE_BACK_SECONDS = 1.0
IN_HAND_SECONDS = 25.0
CLOSING_SECONDS = 5.0
PULSE_SECONDS = 3.0
CONNECT_SECONDS = 5.0
LOOKS_AGAIN_SECONDS = 2.0
GIVEN_BACK_LOOKS = 100
PARKED_BATCH = 16
"""A quorum queue takes an acknowledgement for each message that was got, and 32 of them at a time: the others
wait in the channel, and are forgotten if it closes."""


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

    async def consume(self, queue: QueueSpec, handle: BatchHandler) -> "RabbitConsumption":
        channel = await self._connected().channel(publisher_confirms=True, on_return_raises=True)
        await channel.set_qos(prefetch_count=queue.prefetch)
        consumption = RabbitConsumption(channel, queue, handle, self._tiers)
        await consumption.start()
        return consumption

    async def parked(self, queue: str) -> AsyncGenerator[Parked]:
        count = 0
        async with self._channel() as channel:  # closed, what was only looked at goes back
            async for batch in _parked_batches(channel, queue):
                for got in batch:
                    count += 1
                    yield _parked(queue, got)
        for _ in range(GIVEN_BACK_LOOKS):  # when it suits the broker
            if (await self.depths([queue]))[0].parked >= count:
                return
            await asyncio.sleep(0.05)

    async def replay(self, queue: str, chosen: Choice = everything) -> AsyncGenerator[Parked]:
        async with self._channel() as channel:
            async for batch in _parked_batches(channel, queue):
                taken = await _divide(channel, queue, batch, chosen, replay=True)
                for parked in taken:
                    yield parked

    async def drop(self, queue: str, chosen: Choice = everything) -> AsyncGenerator[Parked]:
        async with self._channel() as channel:
            async for batch in _parked_batches(channel, queue):
                taken = await _divide(channel, queue, batch, chosen, replay=False)
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


class RabbitConsumption:
    """One consumer: gathers what has arrived into a batch, hands it over, acknowledges it after."""

    def __init__(
        self, channel: AbstractChannel, spec: QueueSpec, handle: BatchHandler, tiers: Sequence[timedelta]
    ) -> None:
        self._channel = channel
        self._spec = spec
        self._handle = handle
        self._tiers = tiers
        self._arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        self._queue: Any = None
        self._tag = ""
        self._retry_exchanges: list[Any] = []
        self._parked: Any = None
        self._task: asyncio.Task[None] | None = None
        self._in_hand = asyncio.Lock()

    async def start(self) -> None:
        self._retry_exchanges = [
            await self._channel.get_exchange(retries_name(wait), ensure=False) for wait in self._tiers
        ]
        self._parked = await self._channel.get_exchange(PARKED, ensure=False)
        # Asked for, not assumed: only what it has seen does the channel consume again after a reconnection.
        self._queue = await self._channel.get_queue(self._spec.name, ensure=True)
        self._task = asyncio.create_task(self._work(), name=f"consume {self._spec.name}")
        self._tag = await self._queue.consume(self._arrived.put)

    async def stop(self) -> None:
        with contextlib.suppress(AMQPError, OSError, RuntimeError, TimeoutError):
            await asyncio.wait_for(self._queue.cancel(self._tag), 5)
        await end_within(IN_HAND_SECONDS, f"batch of {self._spec.name}", self._in_hand.acquire())
        if self._task is not None:
            await end_within(CLOSING_SECONDS, f"consumer of {self._spec.name}", end_tasks([self._task]))
        with contextlib.suppress(AMQPError, OSError, RuntimeError, TimeoutError):
            await asyncio.wait_for(self._channel.close(), 5)

    async def _work(self) -> None:
        while True:
            batch = [await self._arrived.get()]
            while len(batch) < self._spec.prefetch and not self._arrived.empty():
                batch.append(self._arrived.get_nowait())
            async with self._in_hand:
                try:
                    await self._handle_batch(batch)
                except (AMQPError, OSError, RuntimeError, TimeoutError) as error:
                    log.warning("not acknowledged, given back", queue=self._spec.name, error=repr(error))
                    await self._give_back(batch[-1])

    async def _give_back(self, last: AbstractIncomingMessage) -> None:
        """Have the whole batch delivered again; the inbox knows what took effect.

        If the channel went away the broker does so by itself. If not, the batch must not stay unsettled: the
        acknowledgement of the next one would cover it.
        """
        await asyncio.sleep(GIVE_BACK_SECONDS)
        with contextlib.suppress(AMQPError, OSError, RuntimeError, TimeoutError):
            await last.nack(multiple=True, requeue=True)

    async def _handle_batch(self, batch: list[AbstractIncomingMessage]) -> None:
        deliveries = [from_amqp(message, self._spec.name) for message in batch]
        handled = await self._handle(deliveries)
        for delivery, answer in zip(deliveries, handled, strict=True):
            if answer.outcome is Outcome.RETRY:
                exchange = self._retry_exchanges[min(delivery.failures, len(self._tiers) - 1)]
                copy = to_amqp(delivery.message, failures=delivery.failures + 1, reason=answer.reason)
                async with asyncio.timeout(PUBLISH_TIMEOUT):
                    await exchange.publish(copy, self._spec.name)
            elif answer.outcome is Outcome.PARK:
                copy = to_amqp(delivery.message, failures=delivery.failures, reason=answer.reason)
                async with asyncio.timeout(PUBLISH_TIMEOUT):
                    await self._parked.publish(copy, parked_name(self._spec.name))
        await batch[-1].ack(multiple=True)  # batches are handled in order: all before it are settled too


async def _parked_batches(
    channel: AbstractChannel, queue: str
) -> AsyncGenerator[list[AbstractIncomingMessage]]:
    """Get as many messages as are parked now: those that come meanwhile are not of it."""
    source = await channel.declare_queue(parked_name(queue), passive=True)
    left = source.declaration_result.message_count or 0
    batch: list[AbstractIncomingMessage] = []
    while left and (got := await source.get(fail=False)) is not None:
        left -= 1
        batch.append(got)
        if len(batch) == PARKED_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _divide(
    channel: AbstractChannel,
    queue: str,
    batch: Sequence[AbstractIncomingMessage],
    chosen: Choice,
    *,
    replay: bool,
) -> list[Parked]:
    """Take the chosen out of what is parked, and put the others at its end; the chosen."""
    taken: list[Parked] = []
    copies: list[tuple[aio_pika.Message, str]] = []
    for got in batch:
        parked = _parked(queue, got)
        if not chosen(parked):
            copies.append((_kept(got, queue), parked_name(queue)))
            continue
        taken.append(parked)
        if replay:
            copies.append((to_amqp(parked.message), queue))
    async with asyncio.timeout(PUBLISH_TIMEOUT):
        await asyncio.gather(*(channel.default_exchange.publish(copy, name) for copy, name in copies))
    await batch[-1].ack(multiple=True)
    return taken


def _parked(queue: str, got: AbstractIncomingMessage) -> Parked:
    return Parked(queue, from_amqp(got, queue).message, _reason(got))


def _kept(got: AbstractIncomingMessage, queue: str) -> aio_pika.Message:
    failures = from_amqp(got, queue).failures
    return to_amqp(from_amqp(got, queue).message, failures=failures, reason=_reason(got))


def _reason(message: AbstractIncomingMessage) -> str:
    """Why a consumer parked it, or why the broker did (``delivery_limit``: taken and never answered)."""
    return str(message.headers.get(REASON) or message.headers.get("x-first-death-reason") or "")


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
