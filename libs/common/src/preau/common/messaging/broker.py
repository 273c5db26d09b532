"""The broker protocol: what outbox and inbox ask of whatever carries messages.

Two adapters keep it, checked by one suite of tests: RabbitMQ (``rabbitmq.py``) and an in-process one with a
journal in PostgreSQL (``local.py``). Both deliver at least once; the inbox makes that once.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

RETRY_TIERS: tuple[timedelta, ...] = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
)
"""How long a message waits after its first, second, … failure; past the last it is parked."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is published: a JSON body under a routing key, with a unique id."""

    message_id: str
    routing_key: str
    body: bytes
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is consumed: a message, and how often its handling failed before.

    The message's routing key is the one that its publisher had the right to use, whatever the body says;
    empty when that cannot be told.
    """

    message: Message
    failures: int = 0


class Outcome(StrEnum):
    """What became of a delivery."""

    DONE = "done"
    RETRY = "retry"
    PARK = "park"


@dataclass(frozen=True, slots=True)
class Handled:
    """The answer to a delivery; a retry waits in the tier of its failures."""

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """A durable queue, the routing keys bound to it, and how many messages a consumer may hold."""

    name: str
    routing_keys: tuple[str, ...]
    prefetch: int = 50


@dataclass(frozen=True, slots=True)
class Parked:
    """A message put aside: someone looks at it and replays or drops it."""

    queue: str
    message: Message
    reason: str


Choice = Callable[[Parked], bool]
"""Which of the parked messages."""


def everything(_parked: Parked) -> bool:
    """Choose each of them."""
    return True


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many messages a queue holds, ready or being handled, and how many are parked."""

    name: str
    messages: int
    parked: int = 0


class Unroutable(Exception):
    """No queue is bound to the message's routing key: the topology is not as expected."""


BatchHandler = Callable[[Sequence[Delivery]], Awaitable[Sequence[Handled]]]


class Consumption(Protocol):
    """A running consumer."""

    async def stop(self) -> None:
        """Take no more messages, and wait until those in hand are handled."""
        ...


class Broker(Protocol):
    """What carries messages from the outbox of one service to the inbox of others."""

    system: str
    """What it is, as spans say it in ``messaging.system``."""

    async def connect(self, patience_seconds: float | None = None) -> None:
        """Reach the broker; a service waits for it, however long it is away.

        With ``patience_seconds`` it gives up after them, and at a refusal at once; raises as the driver does.
        """
        ...

    async def close(self) -> None: ...

    async def is_ready(self) -> bool:
        """Whether it answers, within some seconds: not only that a connection is open."""
        ...

    async def declare(self, queues: Sequence[QueueSpec]) -> None:
        """Make the exchanges, the queues, their bindings, the retry tiers and the parked queues.

        At RabbitMQ this takes the rights of the administrator: services only ``expect`` them.
        """
        ...

    async def expect(self, queues: Sequence[QueueSpec]) -> None:
        """Return when all that ``declare`` makes for ``queues`` is there, however long that takes.

        In-process it is so once said.
        """
        ...

    async def missing(self, queues: Sequence[QueueSpec]) -> Sequence[str]:
        """What of it is not there, in words. Raises if the broker cannot be asked."""
        ...

    async def publish(self, messages: Sequence[Message]) -> Sequence[BaseException | None]:
        """Publish in order, wait for the confirmations: ``None`` for a message that is safe, else why not.

        An error may also mean *unknown*: publish such a message again.
        """
        ...

    async def send(self, queue: str, messages: Sequence[Message]) -> Sequence[BaseException | None]:
        """Publish to one queue and no other, whatever the routing keys: for operators."""
        ...

    async def consume(self, queue: QueueSpec, handle: BatchHandler) -> Consumption:
        """Hand the messages of ``queue`` to ``handle``, up to ``queue.prefetch`` at a time, until stopped."""
        ...

    def parked(self, queue: str) -> AsyncGenerator[Parked]:
        """Look at all parked messages of ``queue`` without taking them; the look may change their order."""
        ...

    def replay(self, queue: str, chosen: Choice = everything) -> AsyncGenerator[Parked]:
        """Put the chosen parked messages back into their queue; each is told once it is there.

        Those that were parked when it began: a message that fails again is not replayed again.
        """
        ...

    def drop(self, queue: str, chosen: Choice = everything) -> AsyncGenerator[Parked]:
        """Take the chosen parked messages away for good; each is told once it is gone."""
        ...

    async def depths(self, queues: Sequence[str]) -> Sequence[QueueDepth]: ...
