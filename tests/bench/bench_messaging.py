"""Outbox, relay and inbox against bare aio-pika on the same kind of queue, on the loop of the services."""

import asyncio
import statistics
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

import aio_pika
import uvloop
from alembic.migration import MigrationContext
from alembic.operations import Operations
from measure import compare
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from preau.common.db.copies import CopyKeeper
from preau.common.db.database import Database, async_url
from preau.common.db.migrations import create_messaging_tables
from preau.common.db.provision import drawn_passwords, drop, provision
from preau.common.db.row_security import rights_of_new_tables
from preau.common.ids import new_id
from preau.common.messaging.broker import Delivery, Handled, Message, Outcome, QueueSpec
from preau.common.messaging.consumer import Inbox, Subscription
from preau.common.messaging.outbox import emit
from preau.common.messaging.rabbitmq import RabbitBroker
from preau.common.messaging.rabbitmq_topology import EXCHANGE
from preau.common.messaging.relay import Relay
from preau.testing.infrastructure import amqp_url, postgres_admin_url
from preau.testing.services import message_of

EVENTS = 2_000
PINGS = 100
COMMUNE = UUID("01900000-0000-7000-8000-00000000000a")
LABEL = "x" * 400


class BenchHappenedV1(BaseModel):
    event_type: ClassVar[str] = "bench.thing.happened"
    event_version: ClassVar[int] = 1
    commune_id: UUID
    aggregate_id: UUID
    aggregate_version: int = 1
    label: str = LABEL

    @classmethod
    def full_type(cls) -> str:
        return "bench.thing.happened.v1"


class Queue(NamedTuple):
    name: str
    events: tuple[type[BaseModel], ...] = (BenchHappenedV1,)
    prefetch: int = 50


def event() -> BenchHappenedV1:
    return BenchHappenedV1(commune_id=COMMUNE, aggregate_id=new_id())


class Table(DeclarativeBase):
    """The bench's own."""


class BenchCopy(Table):
    __tablename__ = "bench_copy"

    aggregate_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    label: Mapped[str]


take_effect = CopyKeeper(
    BenchCopy,
    lambda happened: {
        "aggregate_id": happened.aggregate_id,
        "version": happened.aggregate_version,
        "label": happened.label,
    },
)
"""One row, as copies of others' data are kept."""


@asynccontextmanager
async def parts() -> AsyncGenerator[tuple[Database, RabbitBroker, Queue]]:
    name = f"bench_{new_id().hex[-10:]}"
    made = await provision(postgres_admin_url(), name, drawn_passwords())
    engine = create_async_engine(async_url(made.owner_url))

    def create(connection: Any) -> None:
        with Operations.context(MigrationContext.configure(connection)) as op:
            rights_of_new_tables()
            create_messaging_tables()
            op.execute("CREATE TABLE bench_copy (aggregate_id uuid PRIMARY KEY, version int, label text)")

    async with engine.begin() as connection:
        await connection.run_sync(create)
    await engine.dispose()
    broker = RabbitBroker(amqp_url(), name="bench")
    await broker.connect()
    queue = Queue(f"bench.{new_id().hex[-10:]}")
    database = Database(made.url, system_url=made.system_url)
    try:
        yield database, broker, queue
    finally:
        await database.close()
        await broker.close()
        await drop(postgres_admin_url(), [name])


def spec(queue: Queue) -> QueueSpec:
    return QueueSpec(queue.name, (BenchHappenedV1.full_type(),), queue.prefetch)


class Bare:
    """aio-pika as its documentation shows it: persistent, confirmed, one channel."""

    def __init__(self, queue: Queue) -> None:
        self.queue_name = queue.name

    async def open(self) -> None:
        self.connection = await aio_pika.connect_robust(amqp_url())
        self.channel = await self.connection.channel(publisher_confirms=True, on_return_raises=True)
        self.exchange = await self.channel.get_exchange(EXCHANGE)
        self.queue = await self.channel.get_queue(self.queue_name)

    async def publish(self, message: Message) -> None:
        await self.exchange.publish(
            aio_pika.Message(
                message.body,
                message_id=message.message_id,
                content_type="application/json",
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            ),
            message.routing_key,
        )

    async def purge(self) -> None:
        await self.queue.purge()

    async def close(self) -> None:
        await self.connection.close()


async def relay_against_bare_publish(
    database: Database, broker: RabbitBroker, queue: Queue, bare: Bare
) -> None:
    messages = [message_of(event()) for _ in range(EVENTS)]
    relay = Relay(database.system_url, broker, source="bench")

    async def reference() -> float:
        started = time.perf_counter()
        await asyncio.gather(*(bare.publish(message) for message in messages))
        rate = EVENTS / (time.perf_counter() - started)
        await bare.purge()
        return rate

    async def ours() -> float:
        async with database.transaction(COMMUNE) as session:
            await emit(session, *(event() for _ in range(EVENTS)))
        connection = await relay.connect()
        started = time.perf_counter()
        while await relay.relay_batch(connection):
            pass
        rate = EVENTS / (time.perf_counter() - started)
        await connection.close()
        await bare.purge()
        return rate

    await compare(
        "relay events/s ÷ bare confirmed publish", ours, reference, floor=0.8, aim=0.95, unit="ev/s"
    )


async def latency(database: Database, broker: RabbitBroker, queue: Queue, bare: Bare) -> None:
    async def reference() -> float:
        arrived: asyncio.Queue[float] = asyncio.Queue()

        async def take(message: Any) -> None:
            await message.ack()
            arrived.put_nowait(time.perf_counter())

        tag = await bare.queue.consume(take)
        times: list[float] = []
        for _ in range(PINGS):
            started = time.perf_counter()
            await bare.publish(message_of(event()))
            times.append(await arrived.get() - started)
        await bare.queue.cancel(tag)
        return statistics.median(times) * 1000

    async def ours() -> float:
        arrived: asyncio.Queue[float] = asyncio.Queue()

        async def effect(session: Any, happened: BenchHappenedV1) -> None:
            await take_effect(session, happened)
            arrived.put_nowait(time.perf_counter())

        relay = Relay(database.system_url, broker, source="bench")
        database._after_commit[:] = [relay.wake]
        relay.start()
        consumption = await Inbox(database, Subscription(queue, {BenchHappenedV1: effect})).start(broker)
        await asyncio.sleep(0.5)
        times: list[float] = []
        for _ in range(PINGS):
            async with database.transaction(COMMUNE) as session:
                await emit(session, event())
            started = time.perf_counter()
            times.append(await arrived.get() - started)
        await consumption.stop()
        await relay.stop()
        return statistics.median(times) * 1000

    await compare(
        "commit → effect p50 ÷ bare publish → consume p50",
        ours,
        reference,
        floor=2.5,
        aim=1.8,
        unit="ms",
        at_most=True,
    )


async def inbox_against_bare_consume(
    database: Database, broker: RabbitBroker, queue: Queue, bare: Bare
) -> None:
    async def fill() -> None:
        await broker.publish([message_of(event()) for _ in range(EVENTS)])

    async def reference() -> float:
        await fill()
        channel = await bare.connection.channel()
        await channel.set_qos(prefetch_count=queue.prefetch)
        source = await channel.get_queue(queue.name)
        done = asyncio.Event()
        count = 0

        async def take(message: Any) -> None:
            nonlocal count
            await message.ack()
            count += 1
            if count == EVENTS:
                done.set()

        started = time.perf_counter()
        await source.consume(take)
        await done.wait()
        rate = EVENTS / (time.perf_counter() - started)
        await channel.close()
        return rate

    async def ours() -> float:
        await fill()
        done = asyncio.Event()
        count = 0

        inbox = Inbox(database, Subscription(queue, {BenchHappenedV1: take_effect}))

        async def handle(deliveries: Sequence[Delivery]) -> Sequence[Handled]:
            nonlocal count
            answers = await inbox.handle_batch(deliveries)
            count += sum(answer.outcome is Outcome.DONE for answer in answers)
            if count == EVENTS:
                done.set()
            return answers

        started = time.perf_counter()
        consumption = await broker.consume(spec(queue), handle)
        await done.wait()
        rate = EVENTS / (time.perf_counter() - started)
        await consumption.stop()
        return rate

    await compare("inbox messages/s ÷ bare consume", ours, reference, floor=0.45, aim=0.6, unit="m/s")


async def main() -> None:
    async with parts() as (database, broker, queue):
        await broker.declare([spec(queue)])
        bare = Bare(queue)
        await bare.open()
        await relay_against_bare_publish(database, broker, queue, bare)
        await latency(database, broker, queue, bare)
        await inbox_against_bare_consume(database, broker, queue, bare)
        await bare.close()


if __name__ == "__main__":
    uvloop.run(main())
