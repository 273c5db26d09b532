"""What RabbitMQ keeps parked: looked at, replayed and dropped in batches."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from preau.common.messaging.broker import Choice, Parked
from preau.common.messaging.rabbitmq_message import PUBLISH_TIMEOUT, REASON, from_amqp, to_amqp
from preau.common.messaging.rabbitmq_topology import parked_name

PARKED_BATCH = 16
"""A quorum queue takes an acknowledgement for each message that was got, and 32 of them at a time: the others
wait in the channel, and are forgotten if it closes."""


async def parked_batches(
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


async def divide(
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
        parked = parked_of(queue, got)
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


def parked_of(queue: str, got: AbstractIncomingMessage) -> Parked:
    """What was got from a parked queue, and why it is there."""
    return Parked(queue, from_amqp(got, queue).message, _reason(got))


def _kept(got: AbstractIncomingMessage, queue: str) -> aio_pika.Message:
    failures = from_amqp(got, queue).failures
    return to_amqp(from_amqp(got, queue).message, failures=failures, reason=_reason(got))


def _reason(message: AbstractIncomingMessage) -> str:
    """Why a consumer parked it, or why the broker did (``delivery_limit``: taken and never answered)."""
    return str(message.headers.get(REASON) or message.headers.get("x-first-death-reason") or "")
