"""Booking near the limit: baskets validated over HTTP by one process, against the database alone.

The reference writes the same rows in one statement (``booking_reference.sql``) by pgbench, on the same server
and with as many clients. Then: everybody on one day against fifty days, two processes against one (database
and load on the same cores), and with the outbox against without.
"""

import asyncio
import json
import subprocess
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from aiohttp import web
from measure import compare
from processes import member
from sqlalchemy import make_url

from preau.common.auth.subjects import Membership
from preau.common.db.driver import connect
from preau.common.db.roles import ServiceDatabase
from preau.common.embedded.postgres_binaries import find_binaries
from preau.common.embedded.process import free_port
from preau.common.http.idempotency import Idempotency
from preau.common.http.permissions import FamilyCaller
from preau.common.http.unit_of_work import Tenant, UnitOfWork
from preau.common.ids import new_id
from preau.common.messaging import outbox
from preau.common.messaging.consumer import queue_spec
from preau.common.messaging.rabbitmq import RabbitBroker
from preau.contracts import topology
from preau.reservations.app import create_app
from preau.reservations.calendars import repository as calendars
from preau.reservations.catalogue import repository as activities
from preau.reservations.copies import repository as copies
from preau.reservations.demo import seed as demo
from preau.reservations.orders import service as orders
from preau.reservations.settings import ReservationsSettings
from preau.testing.infrastructure import amqp_url, postgres_admin_url
from preau.testing.services import ServiceUnderTest, running_service
from preau.testing.tokens import TokenMint
from preau.testing.town import commune_event

CLIENTS = 8
ORDERS = 100
"""Orders a client."""
MEALS = 4
SECONDS = 4
DAYS = 50
REFERENCE = Path(__file__).with_name("booking_reference.sql")

_FAMILIES = """
WITH f AS (SELECT * FROM jsonb_to_recordset($1) AS f(family uuid, child uuid, account uuid, basket uuid)),
family AS (INSERT INTO family_copy (family_id, commune_id, version, label, status)
    SELECT family, $2, 1, 'Famille Banc', 'active' FROM f),
child AS (INSERT INTO child_copy (family_id, child_id, commune_id, first_name, last_name, birth_date,
    class_name, level, diet)
    SELECT family, child, $2, 'Lou', 'Banc', '2019-05-04', 'CP', 'elementary', '' FROM f)
INSERT INTO basket (basket_id, commune_id, family_id, account_id) SELECT basket, $2, family, account FROM f
"""
_LINES = """
INSERT INTO basket_line (line_id, commune_id, basket_id, child_id, activity_id, service_date, action)
SELECT gen_random_uuid(), $2, basket, child, $3, day::date, 'book'
FROM jsonb_to_recordset($1) AS l(basket uuid, child uuid, day text)
"""


@dataclass(frozen=True, slots=True)
class Family:
    """A parent whose basket is full."""

    membership: Membership
    account_id: UUID
    child_id: UUID
    basket_id: UUID
    days: tuple[date, ...]

    def caller(self) -> FamilyCaller:
        one = self.membership
        return FamilyCaller(self.account_id, new_id(), one.family_id, one.guardian_id, one.commune_id)


async def days_of_service(service: ServiceUnderTest) -> list[date]:
    """The first days of service from next week on."""
    first = datetime.now(UTC).date() + timedelta(days=7)
    last = first + timedelta(days=200)
    async with service.database.transaction(demo.JOLIEVILLE) as session:
        meal = (await activities.activities(session, {demo.REPAS}))[demo.REPAS]
        commune = await copies.commune(session, demo.JOLIEVILLE)
        assert commune is not None
        calendar = await calendars.calendar(
            session, first, last, time_zone=commune.time_zone, school_zone=commune.school_zone
        )
    return meal.days_between(first, last, calendar)[:DAYS]


def superuser_url(database: ServiceDatabase) -> str:
    """Where row-level security does not hold, to prepare many families at once."""
    name = make_url(database.url).database
    return make_url(postgres_admin_url()).set(database=name).render_as_string(hide_password=False)


async def prepare(service: ServiceUnderTest) -> list[date]:
    """A commune with the demonstration's offer, and room for everybody."""
    await service.deliver(commune_event(demo.JOLIEVILLE))
    await demo.seed(service.database)
    admin = await connect(superuser_url(service.addresses))
    await admin.execute("UPDATE activity SET default_capacity = 10000000")
    await admin.close()
    return await days_of_service(service)


async def filled_baskets(url: str, days: Sequence[date], meals: int) -> list[Family]:
    """As many families as there will be orders, each with ``meals`` days in its basket."""
    families = [
        Family(
            Membership(demo.JOLIEVILLE, new_id(), new_id()),
            new_id(),
            new_id(),
            new_id(),
            tuple(days[(number * 7 + meal * 13) % len(days)] for meal in range(meals)),
        )
        for number in range(CLIENTS * ORDERS)
    ]
    admin = await connect(url)
    records = [
        {
            "family": str(one.membership.family_id),
            "child": str(one.child_id),
            "account": str(one.account_id),
            "basket": str(one.basket_id),
        }
        for one in families
    ]
    await admin.execute(_FAMILIES, json.dumps(records), demo.JOLIEVILLE)
    lines = [
        {"basket": str(one.basket_id), "child": str(one.child_id), "day": day.isoformat()}
        for one in families
        for day in dict.fromkeys(one.days)
    ]
    await admin.execute(_LINES, json.dumps(lines), demo.JOLIEVILLE, demo.REPAS)
    await admin.execute("ANALYZE")
    await admin.close()
    return families


def request_of(mint: TokenMint, family: Family) -> bytes:
    """The order as a browser's gateway sends it."""
    headers = mint.parent(family.membership, account_id=family.account_id)
    return (
        f"POST /parent/families/{family.membership.family_id}/orders HTTP/1.1\r\nhost: bench\r\n"
        f"authorization: {headers['Authorization']}\r\nidempotency-key: {new_id()}\r\n"
        "content-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
    ).encode()


async def orders_a_second(urls: Sequence[str], requests: Sequence[bytes]) -> float:
    """Orders a second of eight clients, each on a connection of its own. Raises for any that fails."""

    async def client(number: int) -> None:
        address, mine = make_url(urls[number % len(urls)]), requests[number::CLIENTS]
        reader, writer = await asyncio.open_connection(address.host, address.port)
        for request in mine:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            if b" 201 " not in head[:16]:
                raise RuntimeError(f"{head!r} {body!r}")
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    return len(requests) / (time.perf_counter() - started)


async def keep_slots(url: str) -> None:
    """Let the reference find its slots by number."""
    admin = await connect(url)
    await admin.execute(
        "CREATE TABLE bench_slot AS SELECT row_number() OVER (ORDER BY slot_date) - 1 AS n, slot_id,"
        " activity_id, commune_id, slot_date FROM slot; CREATE UNIQUE INDEX ON bench_slot (n);"
        " ANALYZE bench_slot"
    )
    await admin.close()


def reference_a_second(database: str) -> float:
    """Commits a second of the same rows by pgbench, as many clients on one thread."""
    url = make_url(database)
    command = [
        *(
            str(find_binaries().folder / "pgbench"),
            "-n",
            "-M",
            "prepared",
            f"-c{CLIENTS}",
            "-j1",
            f"-T{SECONDS}",
        ),
        *("-D", f"days={DAYS}", "-D", f"commune={demo.JOLIEVILLE}", "-f", str(REFERENCE)),
        *("-h", str(url.host), "-p", str(url.port), "-U", str(url.username), str(url.database)),
    ]
    environment = {"PGPASSWORD": str(url.password or "")}
    result = subprocess.run(command, env=environment, capture_output=True, text=True)
    if result.returncode or "tps = " not in result.stdout:
        raise RuntimeError(result.stderr)
    return float(result.stdout.split("tps = ")[1].split()[0])


@asynccontextmanager
async def published_keys(mint: TokenMint) -> AsyncIterator[str]:
    """The keys of the tokens, where a service fetches them."""

    async def keys(_: web.Request) -> web.Response:
        return web.json_response(mint.public.as_dict())

    app = web.Application()
    app.router.add_get("/keys", keys)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/keys"
    finally:
        await runner.cleanup()


async def declare_queues() -> None:
    """What a deployment has before its services start."""
    broker = RabbitBroker(amqp_url(), name="bench")
    await broker.connect()
    await broker.declare([queue_spec(queue) for queue in topology.QUEUES])
    await broker.close()


def settings_of(database: ServiceDatabase, keys_url: str, **more: str) -> dict[str, Any]:
    return {
        "PREAU_DATABASE_URL": database.url,
        "PREAU_SYSTEM_DATABASE_URL": database.system_url,
        "PREAU_BROKER_URL": amqp_url(),
        "PREAU_JWKS_URL": keys_url,
        **more,
    }


@asynccontextmanager
async def running_member(module: str, **settings: str) -> AsyncIterator[str]:
    """A member as a process, while this one answers."""
    with ExitStack() as stack:
        yield await asyncio.to_thread(lambda: stack.enter_context(member(module, **settings)))


async def placed_a_second(service: ServiceUnderTest, families: Sequence[Family]) -> float:
    """Orders a second without HTTP, each in a transaction of its own."""

    work = UnitOfWork(service.database, Tenant(demo.JOLIEVILLE))

    async def client(mine: Sequence[Family]) -> None:
        for family in mine:
            buyer = orders.Buyer(family.caller(), Idempotency(str(new_id()), "bench").claim(new_id(), None))
            await work.decide(partial(orders.place, buyer=buyer, offers=service.app.state.offers))

    started = time.perf_counter()
    await asyncio.gather(*(client(families[number::CLIENTS]) for number in range(CLIENTS)))
    return len(families) / (time.perf_counter() - started)


async def compare_without_outbox(service: ServiceUnderTest, days: Sequence[date]) -> None:
    """The same commits, with and without the event that tells of them."""
    rows_of = outbox.rows_of

    async def filled() -> list[Family]:
        return await filled_baskets(superuser_url(service.addresses), days, MEALS)

    async def ours() -> float:
        outbox.rows_of = rows_of
        return await placed_a_second(service, await filled())

    async def reference() -> float:
        outbox.rows_of = lambda _: "[]"
        return await placed_a_second(service, await filled())

    await ours()
    await compare(
        "booking commits/s with outbox ÷ without", ours, reference, floor=0.85, aim=0.95, unit="tps"
    )
    outbox.rows_of = rows_of


async def main() -> None:
    mint = TokenMint()
    await declare_queues()
    async with (
        published_keys(mint) as keys_url,
        running_service("reservations", create_app, ReservationsSettings) as preparation,
    ):
        days = await prepare(preparation)
        database = preparation.addresses

        async def over_http(urls: Sequence[str], days: Sequence[date], meals: int) -> float:
            families = await filled_baskets(superuser_url(database), days, meals)
            return await orders_a_second(urls, [request_of(mint, family) for family in families])

        settings = settings_of(database, keys_url)
        async with running_member("preau.reservations", **settings) as url:

            async def fifty_days() -> float:
                return await over_http([url], days, MEALS)

            async def reference() -> float:
                return await asyncio.to_thread(reference_a_second, superuser_url(database))

            await fifty_days()
            await keep_slots(superuser_url(database))
            await compare(
                f"booking commits/s over HTTP, {DAYS} days ÷ pgbench",
                fifty_days,
                reference,
                floor=0.06,
                aim=0.15,
                unit="tps",
            )

            async def one_day() -> float:
                return await over_http([url], days[:1], 1)

            async def many_days() -> float:
                return await over_http([url], days, 1)

            await compare(
                f"booking commits/s, one hot day ÷ {DAYS} days",
                one_day,
                many_days,
                floor=0.6,
                aim=0.85,
                unit="tps",
            )

            async with running_member("preau.reservations", **settings) as other:

                async def by_two() -> float:
                    return await over_http([url, other], days, MEALS)

                await by_two()
                await compare(
                    "booking commits/s, two processes ÷ one",
                    by_two,
                    fifty_days,
                    floor=1.15,
                    aim=1.4,
                    unit="tps",
                )

        await compare_without_outbox(preparation, days)


if __name__ == "__main__":
    asyncio.run(main())
