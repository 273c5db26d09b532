"""From a commit to the broker: in order, nothing lost, nothing left."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from preau.common.db.database import Database
from preau.common.messaging.broker import Broker, Message, QueueSpec
from preau.common.messaging.outbox import emit
from preau.common.messaging.relay import Relay
from preau.testing.waiting import eventually

from .conftest import ThingHappenedV1

COMMUNE = UUID("01900000-0000-7000-8000-00000000000a")


def thing(label: str) -> ThingHappenedV1:
    return ThingHappenedV1(commune_id=COMMUNE, aggregate_id=uuid7(), label=label)


class SelectiveBroker:
    """A real broker whose confirmations fail for some labels: what an outage in mid-batch looks like."""

    def __init__(self, broker: Broker, failing: set[str]) -> None:
        self._broker = broker
        self.system = broker.system
        self.failing = failing

    async def publish(self, messages: Sequence[Message]) -> Sequence[BaseException | None]:
        results = list(await self._broker.publish(messages))
        for number, message in enumerate(messages):
            if any(label.encode() in message.body for label in self.failing):
                results[number] = ConnectionError("no confirmation")
        return results


async def outbox(database: Database) -> list[tuple[str, int]]:
    async with database.system_transaction() as session:
        rows = await session.execute(text("SELECT payload->>'label', attempts FROM outbox ORDER BY id"))
        return [tuple(row) for row in rows]


async def logged(database: Database) -> list[str]:
    async with database.system_transaction() as session:
        rows = await session.execute(text("SELECT payload->>'label' FROM event_log"))
        return [row[0] for row in rows]


async def is_led(database: Database) -> bool:
    """Whether a relay holds the lock of who leads."""
    held = text(
        "SELECT count(*) > 0 FROM pg_locks JOIN pg_database d ON d.oid = database"
        " WHERE locktype = 'advisory' AND granted AND datname = current_database()"
    )
    async with database.system_transaction() as session:
        return (await session.execute(held)).scalar_one()


async def received(broker: Broker, queue: QueueSpec, count: int) -> list[bytes]:
    bodies: list[bytes] = []
    enough = asyncio.Event()

    async def take(deliveries):
        from preau.common.messaging.broker import Handled, Outcome

        bodies.extend(delivery.message.body for delivery in deliveries)
        if len(bodies) >= count:
            enough.set()
        return [Handled(Outcome.DONE)] * len(deliveries)

    consumption = await broker.consume(queue, take)
    async with asyncio.timeout(30):
        await enough.wait()
    await consumption.stop()
    return bodies


async def test_committed_events_are_published_in_order_and_logged(
    database: Database, broker: Broker, queue: QueueSpec
) -> None:
    await broker.declare([queue])
    relay = Relay(database.system_url, broker, source="tests")
    database.after_outbox_commit(relay.wake)
    relay.start()
    for start in range(0, 20, 5):
        async with database.transaction(COMMUNE) as session:
            await emit(session, *(thing(f"event-{n:02}") for n in range(start, start + 5)))
    bodies = await received(broker, queue, 20)
    await relay.stop()
    assert [f"event-{n:02}".encode() in body for n, body in enumerate(bodies)] == [True] * 20
    assert await outbox(database) == []
    assert sorted(await logged(database)) == [f"event-{n:02}" for n in range(20)]


async def test_a_rolled_back_event_is_never_published(
    database: Database, broker: Broker, queue: QueueSpec
) -> None:
    await broker.declare([queue])
    with pytest.raises(RuntimeError):
        async with database.transaction(COMMUNE) as session:
            await emit(session, thing("never"))
            raise RuntimeError("the state did not change")
    assert await outbox(database) == []


async def test_what_is_not_confirmed_is_kept_with_a_back_off(
    database: Database, broker: Broker, queue: QueueSpec
) -> None:
    await broker.declare([queue])
    selective = SelectiveBroker(broker, {"second"})
    relay = Relay(database.system_url, selective, source="tests")  # type: ignore[arg-type]
    async with database.transaction(COMMUNE) as session:
        await emit(session, thing("first"), thing("second"), thing("third"))
    await relay.drain()
    assert await outbox(database) == [("second", 1)]
    assert sorted(await logged(database)) == ["first", "third"]
    selective.failing.clear()
    async with asyncio.timeout(30):
        while await outbox(database):
            await relay.drain()
            await asyncio.sleep(0.2)
    assert sorted(await logged(database)) == ["first", "second", "third"]


async def test_events_that_commit_out_of_order_are_not_skipped(
    database: Database, broker: Broker, queue: QueueSpec
) -> None:
    """A cursor ``id > last`` would lose the first of these: its id is lower, but it commits later."""
    await broker.declare([queue])
    relay = Relay(database.system_url, broker, source="tests")
    async with database.transaction(COMMUNE) as slow:
        await emit(slow, thing("slow"))
        async with database.transaction(COMMUNE) as fast:
            await emit(fast, thing("fast"))
        await relay.drain()
        assert await logged(database) == ["fast"]
    await relay.drain()
    assert sorted(await logged(database)) == ["fast", "slow"]


async def test_a_relay_that_dies_before_its_commit_publishes_again(
    database: Database, broker: Broker, queue: QueueSpec
) -> None:
    await broker.declare([queue])
    async with database.transaction(COMMUNE) as session:
        await emit(session, thing("twice"))
    relay = Relay(database.system_url, broker, source="tests")
    connection = await relay.connect()
    transaction = connection.transaction()
    await transaction.start()
    await relay.relay_batch(connection)
    await transaction.rollback()  # confirmed by the broker, then killed
    await connection.close()
    assert await outbox(database) == [("twice", 0)]
    await relay.drain()
    first, second = await received(broker, queue, 2)
    assert first == second  # the same message: the inbox of the reader knows it


async def test_only_one_relay_leads_and_another_takes_over(
    database: Database, broker: Broker, queue: QueueSpec
) -> None:
    await broker.declare([queue])
    leader, heir = (Relay(database.system_url, broker, source="tests") for _ in range(2))
    leader.start()
    await eventually(lambda: is_led(database), "the first leads")
    heir.start()
    database.after_outbox_commit(heir.wake)  # commits happen beside the heir: it notifies the leader
    async with database.transaction(COMMUNE) as session:
        await emit(session, thing("one"))
    await received(broker, queue, 1)
    await leader.stop()
    assert (leader.published, heir.published) == (1, 0)
    async with database.transaction(COMMUNE) as session:
        await emit(session, thing("two"))
    await received(broker, queue, 1)
    await heir.stop()
    assert heir.published == 1
