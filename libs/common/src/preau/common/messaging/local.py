"""The in-process adapter: the same protocol with a journal in PostgreSQL instead of a broker.

For the standalone way to run: a message is safe when its row in the journal is committed, so that killing the
process loses nothing. Retry, parking and replay are the same rows with another date or a reason.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from typing import Any

import asyncpg

from preau.common.ending import end_tasks, end_within
from preau.common.logging import logger
from preau.common.messaging.broker import (
    RETRY_TIERS,
    BatchHandler,
    Choice,
    Delivery,
    Handled,
    Message,
    Outcome,
    Parked,
    QueueDepth,
    QueueSpec,
    Unroutable,
    everything,
)

log = logger(__name__)

POLL_SECONDS = 1.0
IN_HAND_SECONDS = 25.0
CLOSING_SECONDS = 5.0
_JOURNAL = """
CREATE TABLE IF NOT EXISTS journal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL,
    message_id text NOT NULL,
    routing_key text NOT NULL,
    body bytea NOT NULL,
    correlation_id text NOT NULL DEFAULT '',
    failures integer NOT NULL DEFAULT 0,
    available_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    parked_reason text
);
CREATE INDEX IF NOT EXISTS ix_journal_ready ON journal (queue, id) WHERE parked_reason IS NULL;
"""
_PARKED = """
SELECT id, message_id, routing_key, body, correlation_id, parked_reason FROM journal
WHERE queue = $1 AND parked_reason IS NOT NULL AND id > $2 AND id <= $3 ORDER BY id LIMIT $4
"""
_REPLAY = """
UPDATE journal SET parked_reason = NULL, failures = 0, available_at = clock_timestamp()
WHERE id = ANY($1) AND parked_reason IS NOT NULL
"""
_DROP = "DELETE FROM journal WHERE id = ANY($1) AND parked_reason IS NOT NULL"
PAGE = 200
_COLUMNS = ("queue", "message_id", "routing_key", "body", "correlation_id")
_READY = """
SELECT id, message_id, routing_key, body, correlation_id, failures FROM journal
WHERE queue = $1 AND parked_reason IS NULL AND available_at <= clock_timestamp() AND id <> ALL($2)
ORDER BY id LIMIT $3
"""


class LocalBroker:
    """The broker protocol inside one process."""

    system = "preau_journal"

    def __init__(self, url: str, *, retry_tiers: Sequence[timedelta] = RETRY_TIERS) -> None:
        self._url = url
        self._tiers = tuple(retry_tiers)
        self._pool: Any = None
        self._queues_of: dict[str, set[str]] = defaultdict(set)
        self.arrived: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.in_hand: dict[str, set[int]] = defaultdict(set)
        self._looking: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._users = 0

    async def connect(self, patience_seconds: float | None = None) -> None:
        """Open the journal; several services share one adapter, and the last to close it closes it."""
        self._users += 1
        if self._pool is not None:
            return
        self._pool = asyncpg.create_pool(self._url, min_size=1, max_size=8, command_timeout=30)
        async with asyncio.timeout(patience_seconds):
            await self._pool
            await self._pool.execute(_JOURNAL)

    async def close(self) -> None:
        self._users -= 1
        if self._users == 0 and self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def is_ready(self) -> bool:
        if self._pool is None:
            return False
        try:
            return await self._pool.fetchval("SELECT true", timeout=3)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            return False

    async def declare(self, queues: Sequence[QueueSpec]) -> None:
        for queue in queues:
            for routing_key in queue.routing_keys:
                self._queues_of[routing_key].add(queue.name)

    async def expect(self, queues: Sequence[QueueSpec]) -> None:
        await self.declare(queues)

    async def missing(self, queues: Sequence[QueueSpec]) -> Sequence[str]:
        return [
            f"binding of {queue.name} to {key}"
            for queue in queues
            for key in queue.routing_keys
            if queue.name not in self._queues_of.get(key, ())
        ]

    async def publish(self, messages: Sequence[Message]) -> Sequence[BaseException | None]:
        return await self._write(
            [(message, sorted(self._queues_of.get(message.routing_key, ()))) for message in messages]
        )

    async def send(self, queue: str, messages: Sequence[Message]) -> Sequence[BaseException | None]:
        return await self._write([(message, [queue]) for message in messages])

    async def _write(self, routed: Sequence[tuple[Message, Sequence[str]]]) -> Sequence[BaseException | None]:
        results = [None if queues else Unroutable(message.routing_key) for message, queues in routed]
        records = [
            (queue, message.message_id, message.routing_key, message.body, message.correlation_id)
            for message, queues in routed
            for queue in queues
        ]
        if records:
            try:
                async with self._pool.acquire() as connection:
                    await connection.copy_records_to_table("journal", columns=_COLUMNS, records=records)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                return [result or error for result in results]
        for queue in {record[0] for record in records}:
            self.arrived[queue].set()
        return results

    async def consume(self, queue: QueueSpec, handle: BatchHandler) -> "LocalConsumption":
        consumption = LocalConsumption(self, queue, handle)
        consumption.start()
        return consumption

    async def take(self, queue: QueueSpec) -> list[tuple[int, Delivery]]:
        """Messages of the queue that are ready and that no other consumer has in hand.

        One consumer looks at a time: what two saw at once, the slower could still take when the faster had
        finished with it.
        """
        in_hand = self.in_hand[queue.name]
        async with self._looking[queue.name]:
            rows = await self._pool.fetch(_READY, queue.name, list(in_hand), queue.prefetch)
            in_hand.update(row["id"] for row in rows)
        return [
            (
                row["id"],
                Delivery(
                    Message(row["message_id"], row["routing_key"], row["body"], row["correlation_id"]),
                    row["failures"],
                ),
            )
            for row in rows
        ]

    async def settle(self, queue: str, answers: Sequence[tuple[int, Delivery, Handled]]) -> None:
        """Record what became of messages in hand."""
        done = [row_id for row_id, _, answer in answers if answer.outcome is Outcome.DONE]
        async with self._pool.acquire() as connection, connection.transaction():
            if done:
                await connection.execute("DELETE FROM journal WHERE id = ANY($1)", done)
            for row_id, delivery, answer in answers:
                if answer.outcome is Outcome.RETRY:
                    wait = self._tiers[min(delivery.failures, len(self._tiers) - 1)]
                    await connection.execute(
                        "UPDATE journal SET failures = failures + 1, available_at = clock_timestamp() + $2"
                        " WHERE id = $1",
                        row_id,
                        wait,
                    )
                elif answer.outcome is Outcome.PARK:
                    await connection.execute(
                        "UPDATE journal SET parked_reason = $2 WHERE id = $1",
                        row_id,
                        answer.reason or "parked",
                    )

    async def parked(self, queue: str) -> AsyncGenerator[Parked]:
        async for page in self._parked_pages(queue):
            for _, parked in page:
                yield parked

    async def replay(self, queue: str, chosen: Choice = everything) -> AsyncGenerator[Parked]:
        async for parked in self._settle_parked(queue, _REPLAY, chosen):
            self.arrived[queue].set()
            yield parked

    def drop(self, queue: str, chosen: Choice = everything) -> AsyncGenerator[Parked]:
        return self._settle_parked(queue, _DROP, chosen)

    async def _settle_parked(self, queue: str, statement: str, chosen: Choice) -> AsyncGenerator[Parked]:
        async for page in self._parked_pages(queue):
            taken = [(row_id, parked) for row_id, parked in page if chosen(parked)]
            await self._pool.execute(statement, [row_id for row_id, _ in taken])
            for _, parked in taken:
                yield parked

    async def _parked_pages(self, queue: str) -> AsyncGenerator[list[tuple[int, Parked]]]:
        last: int = await self._pool.fetchval("SELECT coalesce(max(id), 0) FROM journal")
        after = 0
        while rows := await self._pool.fetch(_PARKED, queue, after, last, PAGE):
            after = rows[-1]["id"]
            yield [
                (
                    row["id"],
                    Parked(
                        queue,
                        Message(row["message_id"], row["routing_key"], row["body"], row["correlation_id"]),
                        row["parked_reason"],
                    ),
                )
                for row in rows
            ]

    async def depths(self, queues: Sequence[str]) -> Sequence[QueueDepth]:
        rows = await self._pool.fetch(
            "SELECT queue, count(*) FILTER (WHERE parked_reason IS NULL) AS ready,"
            " count(parked_reason) AS parked FROM journal WHERE queue = ANY($1) GROUP BY queue",
            list(queues),
        )
        counted = {row["queue"]: (row["ready"], row["parked"]) for row in rows}
        return [QueueDepth(queue, *counted.get(queue, (0, 0))) for queue in queues]


class LocalConsumption:
    """One consumer of one queue of the journal."""

    def __init__(self, broker: LocalBroker, spec: QueueSpec, handle: BatchHandler) -> None:
        self._broker = broker
        self._spec = spec
        self._handle = handle
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._work(), name=f"consume {self._spec.name}")

    async def stop(self) -> None:
        self._stopping.set()
        self._broker.arrived[self._spec.name].set()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=IN_HAND_SECONDS)
            await end_within(CLOSING_SECONDS, f"consumer of {self._spec.name}", end_tasks([self._task]))

    async def _work(self) -> None:
        arrived = self._broker.arrived[self._spec.name]
        while not self._stopping.is_set():
            arrived.clear()
            try:
                if await self._handle_batch():
                    continue
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("journal away", queue=self._spec.name, error=repr(error))
                await asyncio.sleep(1)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(arrived.wait(), POLL_SECONDS)

    async def _handle_batch(self) -> bool:
        taken = await self._broker.take(self._spec)
        if not taken:
            return False
        try:
            handled = await self._handle([delivery for _, delivery in taken])
            await self._broker.settle(
                self._spec.name,
                [
                    (row_id, delivery, answer)
                    for (row_id, delivery), answer in zip(taken, handled, strict=True)
                ],
            )
        finally:
            self._broker.in_hand[self._spec.name].difference_update(row_id for row_id, _ in taken)
        return True
