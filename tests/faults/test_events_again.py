"""Every event of every service comes three times more, in no order: nothing changes."""

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from preau.common.db.driver import Connection, connect
from preau.common.messaging.broker import Message
from preau.common.messaging.envelope import to_message
from preau.common.messaging.rabbitmq import RabbitBroker
from preau.operations.audit.auditor import SERVICES, queue_depths
from preau.testing.deployment import Deployment
from preau.testing.waiting import eventually

pytestmark = pytest.mark.fault

TECHNICAL = (
    *("inbox", "outbox", "event_log", "idempotency_key", "alembic"),
    *("throttle", "try_budget", "known_network", "spent_challenge"),
)
MAILS = ("identity.notification", "identity.sandbox_mail")
TIMES = 3
CONTENTS = """SELECT (to_jsonb(t) - 'updated_at')::text FROM "{}" t"""  # written again is not changed

State = dict[str, tuple[int, str]]
"""Of each table: how many rows, and a digest of all their contents."""


async def test_events_delivered_again_change_nothing(
    deployment: Deployment, toured: None, until_sound: Callable[[], Awaitable[None]], rng: random.Random
) -> None:
    await until_sound()
    before = await still_state(deployment)
    published = await deliver_again(deployment, rng)
    after = await still_state(deployment)
    print(f"{published} messages again")
    assert published > 300
    assert changed(before, after) == []
    await until_sound()


async def test_without_the_inbox_mails_double_but_no_place_and_no_cent(
    deployment: Deployment, toured: None, until_sound: Callable[[], Awaitable[None]], rng: random.Random
) -> None:
    """The guard of the test above, seen to fail; and what moves money has keys of its own besides."""
    await until_sound()
    before = await still_state(deployment)
    for service in SERVICES:
        await run(deployment, service, "DELETE FROM inbox")
    await deliver_again(deployment, rng)
    after = await still_state(deployment)
    doubled = changed(before, after)
    print(f"without the inbox these change: {doubled}")
    assert set(MAILS) <= set(doubled), "the inbox is not what keeps mails from doubling"
    assert set(doubled) <= set(MAILS)
    await until_sound()


async def deliver_again(deployment: Deployment, rng: random.Random) -> int:
    """Publish all that the services ever published, three times and shuffled, and wait until it is read."""
    messages: list[Message] = []
    for service in SERVICES:
        async with await session(deployment, service) as connection:
            rows = await connection.fetch("SELECT * FROM event_log")
        messages += [to_message(dict(row), service) for row in rows] * TIMES
    rng.shuffle(messages)
    broker = RabbitBroker(deployment.rabbitmq.url, name="again")
    await broker.connect()
    try:
        failures = [error for error in await broker.publish(messages) if error]
    finally:
        await broker.close()
    assert not failures, failures[:3]

    async def all_read() -> bool:
        return not any(depth.messages for depth in await queue_depths(deployment.operations_broker_url))

    await eventually(all_read, "the queues are empty", within_seconds=90)
    return len(messages)


async def still_state(deployment: Deployment) -> State:
    """The state when it has come to rest: twice the same, two seconds apart."""
    async with asyncio.timeout(60):
        state = await whole_state(deployment)
        while True:
            await asyncio.sleep(2)
            again = await whole_state(deployment)
            if again == state:
                return state
            state = again


async def whole_state(deployment: Deployment) -> State:
    state: State = {}
    for service in SERVICES:
        async with await session(deployment, service) as connection:
            tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            for (table,) in tables:
                if not table.startswith(TECHNICAL) and not table.endswith("_version"):
                    rows = await connection.fetch(CONTENTS.format(table))
                    contents = "\n".join(sorted(row[0] for row in rows))
                    digest = hashlib.sha256(contents.encode()).hexdigest()
                    state[f"{service}.{table}"] = (len(rows), digest)
    return state


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return sorted(table for table in before if before[table] != after[table])


async def run(deployment: Deployment, service: str, sql: str) -> None:
    async with await session(deployment, service) as connection:
        await connection.execute(sql)


async def session(deployment: Deployment, service: str) -> "Session":
    return Session(await connect(deployment.postgres.url(f"preau_{service}")))


class Session:
    """A superuser's connection, closed at the end: row-level security hides nothing from it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def __aenter__(self) -> Connection:
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()
