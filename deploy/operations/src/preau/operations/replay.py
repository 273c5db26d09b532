"""``preau replay``: what the publishers ever said, sent once more to one queue, in the order it was said.

The inbox of the reader knows what it has taken in already: sent twice, nothing takes effect twice. Other
readers of the same events get nothing.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

from preau.common.db.driver import Connection, connect
from preau.common.messaging.broker import Broker, Message
from preau.common.messaging.envelope import to_message
from preau.contracts.topology import QUEUES, Queue
from preau.operations.reaching import reaching

BATCH = 500
ATTEMPTS = 10
PAUSE_SECONDS = 2.0
_EVENTS = """
SELECT msg_id, commune_id, aggregate_id, aggregate_version, routing_key, payload, headers, created_at
FROM event_log WHERE routing_key = ANY ($1::text[]) AND created_at >= $2
    AND ($3::timestamptz IS NULL OR created_at < $3)
ORDER BY created_at, msg_id
"""

Row = dict[str, Any]
Progress = Callable[[int, datetime], None]
"""How many are sent, and when the last of them was said."""


class NotTaken(RuntimeError):
    """The broker does not take the messages; what was sent before stays sent."""


def queue_named(name: str) -> Queue:
    """Raises KeyError."""
    return {queue.name: queue for queue in QUEUES}[name]


async def replay(
    urls: Mapping[str, str],
    broker: Broker,
    queue: Queue,
    since: datetime,
    until: datetime | None = None,
    *,
    progress: Progress | None = None,
) -> int:
    """Send to ``queue`` its events of [since, until) from the logs of its publishers; how many.

    ``urls`` are the databases by service, as a role that reads all communes. Raises NotTaken.
    """
    sent = 0
    async with AsyncExitStack() as stack:
        logs = [
            await stack.enter_async_context(_log_of(service, urls[service], keys, since, until))
            for service, keys in publishers(queue).items()
        ]
        async for batch in _in_batches(_merged(logs)):
            await _send(broker, queue.name, [message for _, message in batch])
            sent += len(batch)
            if progress is not None:
                progress(sent, batch[-1][0])
    return sent


def publishers(queue: Queue) -> dict[str, list[str]]:
    """The types of the queue's events, by the service that publishes them."""
    found: dict[str, list[str]] = {}
    for event in queue.events:
        found.setdefault(event.event_type.split(".", 1)[0], []).append(event.full_type())
    return found


Said = tuple[datetime, Message]


@asynccontextmanager
async def _log_of(
    service: str, url: str, keys: Sequence[str], since: datetime, until: datetime | None
) -> AsyncGenerator[AsyncGenerator[Said]]:
    """The events of one publisher, read as they are wanted."""
    with reaching(f"the database of {service}", url):
        connection: Connection = await connect(
            url, timeout=10, server_settings={"application_name": "preau-replay"}
        )

    async def said() -> AsyncGenerator[Said]:
        async with connection.transaction():
            cursor = await connection.cursor(_EVENTS, keys, since, until)
            while rows := await cursor.fetch(BATCH):
                for row in rows:
                    yield row["created_at"], to_message(dict(row), service)

    try:
        yield said()
    finally:
        await connection.close()


async def _merged(logs: Sequence[AsyncGenerator[Said]]) -> AsyncGenerator[Said]:
    """What several publishers said, by the time they said it."""
    heads = {number: first for number, log in enumerate(logs) if (first := await anext(log, None))}
    while heads:
        number = min(heads, key=lambda number: heads[number][0])
        yield heads[number]
        following = await anext(logs[number], None)
        if following is None:
            del heads[number]
        else:
            heads[number] = following


async def _in_batches(said: AsyncGenerator[Said]) -> AsyncGenerator[list[Said]]:
    batch: list[Said] = []
    async for one in said:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _send(broker: Broker, queue: str, messages: Sequence[Message]) -> None:
    """Until each is confirmed: the broker may be away for a while."""
    reason: BaseException | None = None
    for _ in range(ATTEMPTS):
        results = await broker.send(queue, messages)
        messages = [message for message, error in zip(messages, results, strict=True) if error is not None]
        if not messages:
            return
        reason = next(error for error in results if error is not None)
        await asyncio.sleep(PAUSE_SECONDS)
    raise NotTaken(f"{len(messages)} message(s) not taken by {queue}: {reason!r}")
