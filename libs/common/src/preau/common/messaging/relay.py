"""The relay: takes events out of the outbox in order and publishes them, never losing one.

One relay is active a database (a session advisory lock); the others wait to take over. A batch is locked,
published, and moved to the event log when the broker has confirmed: a relay that dies publishes again, and
the inbox of the readers knows the message. There is no cursor over ids: they commit out of order.
"""

import asyncio
import contextlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from preau.common.db.driver import Connection, connect
from preau.common.ending import end_tasks, end_within
from preau.common.logging import logger
from preau.common.messaging.broker import Broker
from preau.common.messaging.envelope import to_message
from preau.common.telemetry import begin_sends, end_sends

log = logger(__name__)

BATCH = 500
POLL_SECONDS = 0.25
BATCH_SECONDS = 15.0
CLOSING_SECONDS = 5.0
CHANNEL = "preau_outbox"
LOCK = "preau-relay"

_SETTINGS = {"application_name": "preau-relay", "enable_seqscan": "off"}
"""By index: statistics of an empty outbox must not have each batch read a long one from end to end."""
_TAKE = """
SELECT id, msg_id, commune_id, aggregate_id, aggregate_version, routing_key, payload, headers, created_at
FROM outbox WHERE next_attempt_at IS NULL OR next_attempt_at <= clock_timestamp()
ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
_DONE = """
WITH published AS (DELETE FROM outbox WHERE id = ANY ($1::bigint[]) RETURNING *)
INSERT INTO event_log (
    msg_id, commune_id, aggregate_id, aggregate_version, routing_key, payload, headers, created_at
) SELECT msg_id, commune_id, aggregate_id, aggregate_version, routing_key, payload, headers, created_at
FROM published
"""
_KEEP = """
UPDATE outbox SET attempts = attempts + 1, last_error = failure.said,
    next_attempt_at = clock_timestamp() + least(60, 2 ^ least(attempts, 6)) * interval '1 second'
FROM unnest($1::bigint[], $2::text[]) AS failure (id, said) WHERE outbox.id = failure.id
"""


class Relay:
    """Publishes the outbox of one database through one broker."""

    def __init__(self, url: str, broker: Broker, *, source: str) -> None:
        self._url = url
        self._broker = broker
        self._service = source
        self._wake = asyncio.Event()
        self._notify = asyncio.Event()
        self._leads = False
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self.published = 0
        self.failed = 0

    def wake(self) -> None:
        """There is something new: called after a commit in this process."""
        if self._leads:
            self._wake.set()
        else:
            self._notify.set()

    def _woken(self, *_: Any) -> None:
        self._wake.set()

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._lead_forever(), name=f"relay {self._service}"),
            asyncio.create_task(self._notify_forever(), name=f"relay notify {self._service}"),
        ]

    async def stop(self) -> None:
        """Finish the batch in hand, then close."""
        self._stopping = True
        self._wake.set()
        if self._tasks:
            await asyncio.wait(self._tasks[:1], timeout=BATCH_SECONDS)
        await end_within(CLOSING_SECONDS, f"relay {self._service}", end_tasks(self._tasks))

    async def connect(self) -> Connection:
        """A connection to relay over; the caller closes it."""
        return await connect(self._url, timeout=5, command_timeout=60, server_settings=_SETTINGS)

    async def drain(self) -> None:
        """Publish what is in the outbox now, once, whoever leads: for commands and tests."""
        connection = await self.connect()
        try:
            while await self.relay_batch(connection):
                pass
        finally:
            await connection.close()

    async def _lead_forever(self) -> None:
        while not self._stopping:
            try:
                await self._lead()
            except asyncio.CancelledError:
                raise
            except Exception as error:  # the relay outlives whatever the database or the broker do
                log.warning("relay interrupted", error=repr(error))
                await asyncio.sleep(1)
            finally:
                self._leads = False

    async def _lead(self) -> None:
        connection = await self.connect()
        try:
            while not await connection.fetchval("SELECT pg_try_advisory_lock(hashtext($1))", LOCK):
                if self._stopping:
                    return
                await asyncio.sleep(1)
            self._leads = True
            await connection.add_listener(CHANNEL, self._woken)
            while not self._stopping:
                self._wake.clear()
                if not await self.relay_batch(connection):
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
        finally:
            with contextlib.suppress(Exception):
                await connection.close(timeout=2)

    async def relay_batch(self, connection: Connection) -> int:
        """Publish one batch; how many messages were confirmed."""
        async with connection.transaction():
            taken = await connection.fetch(_TAKE, BATCH)
            if not taken:
                return 0
            results = await self._publish(taken)
            answered = list(zip(taken, results, strict=True))
            done = [row["id"] for row, error in answered if error is None]
            failures = [(row["id"], error) for row, error in answered if error is not None]
            if done:
                await connection.execute(_DONE, done)
            if failures:
                await self._keep(connection, failures)
        self.published += len(done)
        if not done:
            await asyncio.sleep(1)
        return len(done)

    async def _publish(self, taken: Sequence[Mapping[str, Any]]) -> Sequence[BaseException | None]:
        spans = begin_sends(
            self._broker.system,
            (
                (row["routing_key"], str(row["msg_id"]), json.loads(row["headers"]).get("traceparent", ""))
                for row in taken
            ),
        )
        results = await self._broker.publish([to_message(row, self._service) for row in taken])
        end_sends(spans, results)
        return results

    async def _keep(self, connection: Connection, failures: Sequence[tuple[int, BaseException]]) -> None:
        """Leave what was not confirmed where it is, with a back-off of 1, 2, 4 … 60 s."""
        self.failed += len(failures)
        log.warning("events not confirmed", count=len(failures), error=repr(failures[0][1]))
        await connection.execute(
            _KEEP, [row_id for row_id, _ in failures], [repr(error)[:500] for _, error in failures]
        )

    async def _notify_forever(self) -> None:
        """Tell the leading relay of another process that there is something new: after commit, debounced."""
        while True:
            await self._notify.wait()
            await asyncio.sleep(0.01)
            self._notify.clear()
            if self._leads:
                self._wake.set()
                continue
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                connection = await connect(self._url, timeout=5)
                try:
                    await connection.execute(f"NOTIFY {CHANNEL}")
                    while True:
                        await asyncio.wait_for(self._notify.wait(), 30)
                        await asyncio.sleep(0.01)
                        self._notify.clear()
                        await connection.execute(f"NOTIFY {CHANNEL}")
                finally:
                    await connection.close()
