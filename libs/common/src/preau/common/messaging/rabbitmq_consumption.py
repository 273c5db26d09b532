"""A consumer of one RabbitMQ queue: batches, retry tiers, and what is parked."""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError

from preau.common.ending import end_tasks, end_within
from preau.common.logging import logger
from preau.common.messaging.broker import BatchHandler, Outcome, QueueSpec
from preau.common.messaging.rabbitmq_message import PUBLISH_TIMEOUT, from_amqp, to_amqp
from preau.common.messaging.rabbitmq_topology import PARKED, parked_name, retries_name

log = logger(__name__)

GIVE_BACK_SECONDS = 1.0
IN_HAND_SECONDS = 25.0
CLOSING_SECONDS = 5.0


class RabbitConsumption:
    """One consumer: gathers what has arrived into a batch, hands it over, acknowledges it after.

    A batch is at most half of what the broker sends ahead: the next half arrives meanwhile.
    """

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
        self._batch_size = max(1, spec.prefetch // 2)

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
            while len(batch) < self._batch_size and not self._arrived.empty():
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
