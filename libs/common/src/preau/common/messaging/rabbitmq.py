"""RabbitMQ: quorum queues on a durable topic exchange, confirms, shared retry tiers, a parked queue each.

A failed message is published to the exchange of its retry tier under the name of its queue; the tier's queue
holds it for its time and dead-letters it through the default exchange, which routes by that name. So four
retry queues serve all.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractRobustConnection
from aio_pika.exceptions import AMQPError, PublishError
from yarl import URL

from preau.common.logging import logger
from preau.common.messaging.broker import (
    RETRY_TIERS,
    BatchHandler,
    Choice,
    Delivery,
    Message,
    Outcome,
    Parked,
    QueueDepth,
    QueueSpec,
    Unroutable,
    everything,
)
from preau.common.messaging.envelope import CONTENT_TYPE

log = logger(__name__)

EXCHANGE = "preau.events"
WINDOW = 256
PUBLISH_TIMEOUT = 10.0
GIVE_BACK_SECONDS = 1.0
GIVEN_BACK_LOOKS = 100
PARKED_BATCH = 16
"""A quorum queue takes an acknowledgement for each message that was got, and 32 of them at a time: the others
wait in the channel, and are forgotten if it closes."""
DELIVERY_LIMIT = 20
PARKED_DELIVERY_LIMIT = 1_000_000
FAILURES = "x-preau-failures"
REASON = "x-preau-reason"


def tier_name(wait: timedelta) -> str:
    """``preau.retry.5s``, ``preau.retry.30m``."""
    seconds = int(wait.total_seconds())
    return f"preau.retry.{seconds // 60}m" if seconds % 60 == 0 else f"preau.retry.{seconds}s"


def parked_name(queue: str) -> str:
    return f"{queue}.parked"


class RabbitBroker:
    """The broker protocol over one robust connection."""

    def __init__(self, url: str, *, name: str, retry_tiers: Sequence[timedelta] = RETRY_TIERS) -> None:
        self._url = URL(url).update_query(heartbeat="20", reconnect_interval="1", name=name)
        self._tiers = tuple(retry_tiers)
        self._connection: AbstractRobustConnection | None = None
        self._publisher: Any = None
        self._events: Any = None

    async def connect(self) -> None:
        while self._connection is None:
            try:
                self._connection = await aio_pika.connect_robust(self._url, timeout=5)
            except (OSError, AMQPError, TimeoutError) as error:
                log.warning("broker not reached, trying again", error=repr(error))
                await asyncio.sleep(1)
        self._publisher = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        self._events = await self._publisher.declare_exchange(
            EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True
        )

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def is_ready(self) -> bool:
        return self._connection is not None and self._connection.connected.is_set()

    def _connected(self) -> AbstractRobustConnection:
        if self._connection is None:
            raise RuntimeError("the broker is not connected")
        return self._connection

    async def declare(self, queues: Sequence[QueueSpec]) -> None:
        for wait in self._tiers:
            name = tier_name(wait)
            exchange = await self._publisher.declare_exchange(
                name, aio_pika.ExchangeType.FANOUT, durable=True
            )
            queue = await self._publisher.declare_queue(
                name,
                durable=True,
                arguments={
                    "x-queue-type": "quorum",
                    "x-message-ttl": int(wait.total_seconds() * 1000),
                    "x-dead-letter-exchange": "",
                    "x-dead-letter-strategy": "at-least-once",
                    "x-overflow": "reject-publish",
                },
            )
            await queue.bind(exchange)
        for spec in queues:
            await self._publisher.declare_queue(
                parked_name(spec.name),
                durable=True,
                arguments={"x-queue-type": "quorum", "x-delivery-limit": PARKED_DELIVERY_LIMIT},
            )
            queue = await self._publisher.declare_queue(
                spec.name,
                durable=True,
                arguments={
                    "x-queue-type": "quorum",
                    "x-delivery-limit": DELIVERY_LIMIT,
                    "x-dead-letter-exchange": "",
                    "x-dead-letter-routing-key": parked_name(spec.name),
                    "x-dead-letter-strategy": "at-least-once",
                    "x-overflow": "reject-publish",
                },
            )
            for routing_key in spec.routing_keys:
                await queue.bind(EXCHANGE, routing_key=routing_key)

    async def publish(self, messages: Sequence[Message]) -> Sequence[BaseException | None]:
        results: list[BaseException | None] = []
        for start in range(0, len(messages), WINDOW):
            results += await self._publish_window(messages[start : start + WINDOW])
        return results

    async def _publish_window(self, messages: Sequence[Message]) -> list[BaseException | None]:
        tasks = [asyncio.create_task(self._publish_one(message)) for message in messages]
        _, pending = await asyncio.wait(tasks, timeout=PUBLISH_TIMEOUT)
        for task in pending:
            task.cancel()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        return [_failure(answer, message) for answer, message in zip(answers, messages, strict=True)]

    async def _publish_one(self, message: Message) -> None:
        await self._events.publish(_to_amqp(message), message.routing_key, mandatory=True)

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
        self._task: asyncio.Task[None] | None = None
        self._in_hand = asyncio.Lock()

    async def start(self) -> None:
        self._retry_exchanges = [
            await self._channel.get_exchange(tier_name(wait), ensure=False) for wait in self._tiers
        ]
        # Asked for, not assumed: only what it has seen does the channel consume again after a reconnection.
        self._queue = await self._channel.get_queue(self._spec.name, ensure=True)
        self._task = asyncio.create_task(self._work(), name=f"consume {self._spec.name}")
        self._tag = await self._queue.consume(self._arrived.put)

    async def stop(self) -> None:
        with contextlib.suppress(AMQPError, OSError, RuntimeError, TimeoutError):
            await asyncio.wait_for(self._queue.cancel(self._tag), 5)
        async with self._in_hand:
            if self._task is not None:
                self._task.cancel()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
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
        deliveries = [_from_amqp(message) for message in batch]
        handled = await self._handle(deliveries)
        for delivery, answer in zip(deliveries, handled, strict=True):
            if answer.outcome is Outcome.RETRY:
                exchange = self._retry_exchanges[min(delivery.failures, len(self._tiers) - 1)]
                copy = _to_amqp(delivery.message, failures=delivery.failures + 1, reason=answer.reason)
                async with asyncio.timeout(PUBLISH_TIMEOUT):
                    await exchange.publish(copy, self._spec.name)
            elif answer.outcome is Outcome.PARK:
                copy = _to_amqp(delivery.message, failures=delivery.failures, reason=answer.reason)
                async with asyncio.timeout(PUBLISH_TIMEOUT):
                    await self._channel.default_exchange.publish(copy, parked_name(self._spec.name))
        await batch[-1].ack(multiple=True)  # batches are handled in order: all before it are settled too


def _to_amqp(message: Message, *, failures: int = 0, reason: str = "") -> aio_pika.Message:
    headers: dict[str, Any] = {"x-preau-key": message.routing_key}
    if failures:
        headers[FAILURES] = failures
    if reason:
        headers[REASON] = reason[:500]
    return aio_pika.Message(
        message.body,
        message_id=message.message_id,
        correlation_id=message.correlation_id or None,
        content_type=CONTENT_TYPE,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        headers=headers,
    )


def _from_amqp(message: AbstractIncomingMessage) -> Delivery:
    failures = message.headers.get(FAILURES, 0)
    return Delivery(
        Message(
            message.message_id or "",
            str(message.headers.get("x-preau-key") or message.routing_key or ""),
            message.body,
            message.correlation_id or "",
        ),
        failures if isinstance(failures, int) else 0,
    )


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
            copies.append((_kept(got), parked_name(queue)))
            continue
        taken.append(parked)
        if replay:
            copies.append((_to_amqp(parked.message), queue))
    async with asyncio.timeout(PUBLISH_TIMEOUT):
        await asyncio.gather(*(channel.default_exchange.publish(copy, name) for copy, name in copies))
    await batch[-1].ack(multiple=True)
    return taken


def _parked(queue: str, got: AbstractIncomingMessage) -> Parked:
    return Parked(queue, _from_amqp(got).message, _reason(got))


def _kept(got: AbstractIncomingMessage) -> aio_pika.Message:
    failures = _from_amqp(got).failures
    return _to_amqp(_from_amqp(got).message, failures=failures, reason=_reason(got))


def _reason(message: AbstractIncomingMessage) -> str:
    """Why a consumer parked it, or why the broker did (``delivery_limit``: taken and never answered)."""
    return str(message.headers.get(REASON) or message.headers.get("x-first-death-reason") or "")


def _failure(answer: BaseException | None, message: Message) -> BaseException | None:
    if isinstance(answer, PublishError):
        return Unroutable(message.routing_key)
    if isinstance(answer, asyncio.CancelledError):
        return TimeoutError("not confirmed in time")
    return answer
