"""The inbox: a message takes effect once, in the transaction that records it.

A batch of messages is handled in one transaction, the tenant set for each. If one of them fails, or took
effect before, the batch is rolled back and each is handled alone, so that a bad message holds up nobody.
While the database is away nothing counts as a failure: the consumer holds its messages and tries again.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol, runtime_checkable

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.context import begin_work
from preau.common.db.database import Database, hot, set_tenant
from preau.common.db.failures import database_is_away
from preau.common.logging import logger
from preau.common.messaging.broker import (
    RETRY_TIERS,
    Broker,
    Consumption,
    Delivery,
    Handled,
    Outcome,
    QueueSpec,
)
from preau.common.messaging.envelope import Envelope, source_of
from preau.common.telemetry import processing

log = logger(__name__)

Handler = Callable[[AsyncSession, Any], Awaitable[None]]

_RECEIVE = (
    "INSERT INTO inbox (msg_id, consumer) SELECT unnest('{{{ids}}}'::uuid[]), '{name}' ON CONFLICT DO NOTHING"
)
"""Goes along with the beginning of the transaction. Ids are UUIDs, the name is ``_NAME``: nothing else may be
put in here."""
_NAME = re.compile(r"[A-Za-z0-9._-]+")
DONE = Handled(Outcome.DONE)


@runtime_checkable
class ManyHandler(Protocol):
    """A handler that also takes many events of one commune at once. It emits none itself."""

    async def __call__(self, session: AsyncSession, event: Any) -> None: ...
    async def together(self, session: AsyncSession, events: Sequence[Any]) -> None: ...


def in_turn(*handlers: Handler) -> Handler:
    """One event, several features that it concerns: each in its turn, in the one transaction."""

    async def handle(session: AsyncSession, event: Any) -> None:
        for handler in handlers:
            await handler(session, event)

    return handle


class NotYet(Exception):
    """Something that this event needs has not arrived: try again later."""


class Rejected(Exception):
    """The event makes no sense here and never will: park it at once."""


class _KnownAmongThem(Exception):
    """Some of a batch took effect before, or stand in it twice."""


class QueueContract(Protocol):
    """A queue of ``preau.contracts.topology``."""

    @property
    def name(self) -> str: ...
    @property
    def events(self) -> Sequence[type[Any]]: ...
    @property
    def prefetch(self) -> int: ...


@dataclass(frozen=True)
class Subscription:
    """A queue of ``preau.contracts.topology`` and what to do with each of its events.

    A handler gets the session of the open transaction, its tenant set, and the event.
    """

    queue: QueueContract
    handlers: Mapping[type[Any], Handler]

    def spec(self) -> QueueSpec:
        return queue_spec(self.queue)

    def check(self) -> None:
        """Raise if the handlers are not exactly the events of the queue."""
        bound, handled = set(self.queue.events), set(self.handlers)
        if bound != handled:
            odd = ", ".join(sorted(event.__name__ for event in bound ^ handled))
            raise RuntimeError(f"queue {self.queue.name}: events bound and handled differ: {odd}")


def queue_spec(queue: QueueContract) -> QueueSpec:
    """The queue of a topology as the broker knows it."""
    return QueueSpec(queue.name, tuple(event.full_type() for event in queue.events), queue.prefetch)


@dataclass(frozen=True, slots=True)
class _Work:
    envelope: Envelope
    event: Any
    handler: Handler


class Inbox:
    """Runs the handlers of one subscription over one database."""

    def __init__(self, database: Database, subscription: Subscription) -> None:
        subscription.check()
        self._database = database
        self.name = subscription.queue.name
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name of a queue")
        self._spec = subscription.spec()
        self._handlers: dict[str, tuple[type[Any], Handler]] = {
            event.full_type(): (event, handler) for event, handler in subscription.handlers.items()
        }
        self._system = ""
        self.handled = 0
        self.parked = 0

    @property
    def routing_keys(self) -> frozenset[str]:
        return frozenset(self._handlers)

    async def start(self, broker: Broker) -> Consumption:
        self._system = broker.system
        return await broker.consume(self._spec, self.handle_batch)

    async def handle_batch(self, deliveries: Sequence[Delivery]) -> Sequence[Handled]:
        """Handle a batch: together if all goes well, else each alone."""
        if len(deliveries) > 1:
            try:
                works = [self._read(delivery) for delivery in deliveries]
                await self._take_effect(works)
            except Exception as error:  # whose fault it was shows when each is handled alone
                log.debug("batch handled singly", queue=self.name, error=repr(error))
            else:
                self.handled += len(works)
                return [DONE] * len(works)
        return [await self._handle_alone(delivery) for delivery in deliveries]

    def _read(self, delivery: Delivery) -> _Work:
        envelope = Envelope.model_validate_json(delivery.message.body)
        known = self._handlers.get(envelope.type)
        if known is None:
            raise Rejected(f"unknown type {envelope.type}")
        _check_publisher(envelope, delivery.message.routing_key)
        event = known[0].model_validate(envelope.data)
        if event.commune_id != envelope.communeid:
            raise Rejected("the commune of the data is not that of the envelope")
        return _Work(envelope, event, known[1])

    async def _handle_alone(self, delivery: Delivery) -> Handled:
        pause = 0.2
        while True:
            try:
                await self._take_effect([self._read(delivery)])
            except (ValidationError, Rejected) as error:
                return self._park(delivery, error)
            except NotYet as error:
                return self._again(delivery, error)
            except Exception as error:
                if database_is_away(error):
                    log.warning("database away, message held", queue=self.name)
                    await asyncio.sleep(pause)
                    pause = min(5.0, pause * 2)
                    continue
                log.exception("handler failed", queue=self.name, message_id=delivery.message.message_id)
                return self._again(delivery, error)
            else:
                self.handled += 1
                return DONE

    def _again(self, delivery: Delivery, error: Exception) -> Handled:
        if delivery.failures >= len(RETRY_TIERS):
            return self._park(delivery, error)
        return Handled(Outcome.RETRY, _reason(error))

    def _park(self, delivery: Delivery, error: Exception) -> Handled:
        self.parked += 1
        log.error(
            "message parked",
            queue=self.name,
            message_id=delivery.message.message_id,
            routing_key=delivery.message.routing_key,
            error=_reason(error),
        )
        return Handled(Outcome.PARK, _reason(error))

    async def _take_effect(self, works: Sequence[_Work]) -> None:
        commune = works[0].envelope.communeid
        receive = _RECEIVE.format(ids=",".join(str(work.envelope.id) for work in works), name=self.name)
        async with self._database.transaction(commune, first=receive) as session:
            if hot(session).began != f"INSERT 0 {len(works)}":
                if len(works) > 1:
                    raise _KnownAmongThem
                return
            for (tenant, handler), alike in groupby(
                works, lambda work: (work.envelope.communeid, work.handler)
            ):
                if tenant != commune:
                    commune = tenant
                    await set_tenant(session, commune)
                if isinstance(handler, ManyHandler):
                    await self._process_many(session, handler, list(alike))
                else:
                    for work in alike:
                        with self._processing(work.envelope):
                            await handler(session, work.event)

    async def _process_many(
        self, session: AsyncSession, handler: ManyHandler, works: Sequence[_Work]
    ) -> None:
        with ExitStack() as spans:
            for work in works:
                spans.enter_context(self._processing(work.envelope))
            await handler.together(session, [work.event for work in works])

    @contextmanager
    def _processing(self, envelope: Envelope) -> Generator[None]:
        """What a message sets off follows from it: its span, and its ids in what is logged and emitted."""
        with processing(
            system=self._system,
            queue=self.name,
            event=envelope.type,
            message_id=str(envelope.id),
            traceparent=envelope.traceparent,
        ) as trace:
            begin_work(envelope.correlationid, causation=str(envelope.id), trace=trace)
            yield


def _check_publisher(envelope: Envelope, routing_key: str) -> None:
    """Raise Rejected unless the event was published under its own type, by the service that it belongs to.

    The broker lets a service use only routing keys that begin with its name.
    """
    if envelope.type != routing_key:
        raise Rejected(f"{envelope.type} published under the key {routing_key or 'of nobody known'}")
    if envelope.source != source_of(envelope.type):
        raise Rejected(f"{envelope.type} is not for {envelope.source} to say")


def _reason(error: Exception) -> str:
    """Why, without the values of the message: they may be personal."""
    if isinstance(error, ValidationError):
        where = "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['type']}"
            for item in error.errors(include_url=False, include_context=False, include_input=False)[:5]
        )
        return f"malformed: {where}"
    if isinstance(error, NotYet | Rejected):
        return f"{type(error).__name__}: {error}"
    return type(error).__name__
