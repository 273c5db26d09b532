"""Messages as RabbitMQ carries them, and under which key the broker let them pass."""

from typing import Any

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from preau.common.messaging.broker import Delivery, Message
from preau.common.messaging.envelope import CONTENT_TYPE
from preau.common.messaging.rabbitmq_topology import EXCHANGE, PARKED, parked_name

KEY = "x-preau-key"
FAILURES = "x-preau-failures"
REASON = "x-preau-reason"
DEATHS = "x-death"
UNKNOWN_KEY = ""
PUBLISH_TIMEOUT = 10.0
"""Seconds for a publication to be confirmed: later its outcome is unknown, and it is published again."""


def to_amqp(message: Message, *, failures: int = 0, reason: str = "") -> aio_pika.Message:
    headers: dict[str, Any] = {KEY: message.routing_key}
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


def from_amqp(message: AbstractIncomingMessage, queue: str) -> Delivery:
    """What came out of ``queue``, or out of its parked queue."""
    failures = message.headers.get(FAILURES, 0)
    fresh = message.exchange == EXCHANGE
    return Delivery(
        Message(
            message.message_id or "", true_key(message, queue), message.body, message.correlation_id or ""
        ),
        failures if isinstance(failures, int) and not fresh else 0,
    )


def true_key(message: AbstractIncomingMessage, queue: str) -> str:
    """The routing key that its publisher had the right to use; ``UNKNOWN_KEY`` if that cannot be told.

    A header is believed only where the broker let nobody else in: under the name of the queue, which its
    own service (a retry, or aside) or an operator wrote. ``CC`` headers reach other queues, but under the
    first key. A fresh message has not died before: its ``x-death`` is forged.
    """
    if message.exchange == EXCHANGE:
        return UNKNOWN_KEY if DEATHS in message.headers else (message.routing_key or UNKNOWN_KEY)
    if message.exchange == "" and message.routing_key == parked_name(queue):
        return _key_at_death(message)
    named = {"": queue, PARKED: parked_name(queue)}.get(message.exchange or "")
    return str(message.headers.get(KEY) or UNKNOWN_KEY) if message.routing_key == named else UNKNOWN_KEY


def _key_at_death(message: AbstractIncomingMessage) -> str:
    """Put aside by the broker itself, as it was taken too often without an answer."""
    deaths: Any = message.headers.get(DEATHS) or [{}]
    last = deaths[0]
    if last.get("exchange") == EXCHANGE:
        return str(next(iter(last.get("routing-keys") or []), UNKNOWN_KEY))
    return str(message.headers.get(KEY) or UNKNOWN_KEY)
