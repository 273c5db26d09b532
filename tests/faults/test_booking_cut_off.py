"""PostgreSQL goes away in the midst of a booking: the same key gives one answer, and one booking."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx2
import pytest

from preau.common.db.driver import Connection, connect
from preau.common.settings import DEMO_PASSWORD
from preau.identity.demo.people import FAMILIES, PARENTS
from preau.reservations.demo.seed import CANTINE, REPAS
from preau.testing.deployment import Deployment
from preau.testing.waiting import eventually
from tests.faults.cutting_proxy import cutting_proxy

pytestmark = pytest.mark.fault

PARENT = PARENTS[1]
FAMILY_ID = PARENT.memberships[0].family_id
CHILD_ID = next(one for one in FAMILIES if one.new.family_id == FAMILY_ID).new.children[0].child_id
BACK_WITHIN_SECONDS = 60
HORIZON_DAYS = 40


class Booker:
    """A parent who puts a meal in the basket and orders it, over the gateway."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self._path = f"/api/parent/reservations/families/{FAMILY_ID}"

    async def fill_basket(self) -> str:
        """The next day that can be booked is in the basket; the day."""
        today = datetime.now(UTC).date()
        shown = await self._client.get(
            f"{self._path}/calendar",
            params={
                "site_id": str(CANTINE),
                "child_id": str(CHILD_ID),
                "from": str(today),
                "to": str(today + timedelta(days=HORIZON_DAYS)),
            },
        )
        assert shown.status_code == 200, shown.text
        [meals] = [one for one in shown.json()["activities"] if one["activity_id"] == str(REPAS)]
        day = next(one["date"] for one in meals["days"] if one["can_book"])
        line = {"child_id": str(CHILD_ID), "activity_id": str(REPAS), "date": day, "action": "book"}
        added = await self._client.post(f"{self._path}/basket/lines", json={"lines": [line]})
        assert added.status_code == 200, added.text
        return day

    async def order(self, key: str) -> httpx2.Response:
        return await self._client.post(f"{self._path}/orders", json={}, headers={"Idempotency-Key": key})

    async def order_until_told(self, key: str) -> httpx2.Response:
        """With the same key, until the answer is one: what is away for a moment is asked again."""
        async with asyncio.timeout(BACK_WITHIN_SECONDS):
            while (answer := await self.order(key)).status_code in (502, 503, 504):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        return answer


@pytest.fixture
async def booker(deployment: Deployment) -> AsyncIterator[Booker]:
    async with httpx2.AsyncClient(base_url=deployment.url, timeout=30) as client:
        credentials = {"email": PARENT.email, "password": DEMO_PASSWORD, "subject": "parent"}
        answer = await client.post("/api/public/identity/sessions", json=credentials)
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield Booker(client)


async def assert_booked_once(deployment: Deployment, day: str, answer: httpx2.Response, key: str) -> None:
    """One order under the key, one booking, and each place that is taken is a booking's."""
    assert answer.status_code == 201, answer.text
    async with database(deployment) as connection:
        booked = await connection.fetch(
            "SELECT order_id FROM booking WHERE child_id = $1 AND activity_id = $2 AND service_date = $3"
            " AND status = 'confirmed'",
            CHILD_ID,
            REPAS,
            datetime.fromisoformat(day).date(),
        )
        used = await connection.fetchval(
            "SELECT s.used - count(b.*) FROM slot s LEFT JOIN booking b ON b.slot_id = s.slot_id AND b.status"
            " NOT IN ('cancelled', 'refused', 'expired', 'waitlisted')"
            " WHERE s.activity_id = $1 AND s.slot_date = $2 GROUP BY s.used",
            REPAS,
            datetime.fromisoformat(day).date(),
        )
    assert [row["order_id"] for row in booked] == [UUID(answer.json()["order_id"])]
    assert used == 0


@asynccontextmanager
async def database(deployment: Deployment) -> AsyncGenerator[Connection]:
    """A superuser's connection to the database of reservations."""
    connection = await connect(deployment.postgres.url("preau_reservations"))
    try:
        yield connection
    finally:
        await connection.close()


async def test_postgresql_restarted_before_the_commit(
    deployment: Deployment, booker: Booker, until_sound: Callable[[], Awaitable[None]]
) -> None:
    """The order has written all and waits for its place when the server dies."""
    day, key = await booker.fill_basket(), str(uuid4())
    async with database(deployment) as connection:
        await connection.execute(
            "INSERT INTO slot (slot_id, commune_id, activity_id, slot_date, capacity)"
            " SELECT $1, commune_id, activity_id, $3, default_capacity FROM activity WHERE activity_id = $2"
            " ON CONFLICT DO NOTHING",
            uuid4(),
            REPAS,
            datetime.fromisoformat(day).date(),
        )
        await connection.execute("BEGIN; LOCK TABLE slot IN EXCLUSIVE MODE")
        ordering = asyncio.create_task(booker.order(key))

        async def waits() -> bool:
            return await connection.fetchval("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")

        await eventually(waits, "the order waits for its place", within_seconds=120)
        deployment.postgres.kill()
        interrupted = await ordering
    assert interrupted.status_code == 503, interrupted.text
    assert int(interrupted.headers["retry-after"]) >= 1
    deployment.postgres.start()
    answer = await booker.order_until_told(key)
    await assert_booked_once(deployment, day, answer, key)
    assert (await booker.order(key)).json() == answer.json()
    await until_sound()


async def test_the_connection_cut_between_commit_and_answer(
    deployment: Deployment, booker: Booker, until_sound: Callable[[], Awaitable[None]]
) -> None:
    """The order is made and nobody knows: the key tells."""
    service = deployment["reservations"]
    straight = dict(service.settings)
    key = str(uuid4())
    async with cutting_proxy(deployment.postgres.port) as proxy:
        service.kill()
        service.settings |= {
            name: _through(value, proxy.port)
            for name, value in straight.items()
            if name.endswith("database_url") and value
        }
        try:
            service.start()
            await asyncio.to_thread(service.wait_until_ready)
            day = await booker.fill_basket()
            proxy.cut_commit_after(key)
            interrupted = await booker.order(key)
            assert proxy.committed.is_set()
            assert interrupted.status_code == 503, interrupted.text
            answer = await booker.order_until_told(key)
            assert answer.headers["idempotency-replayed"] == "true"
            await assert_booked_once(deployment, day, answer, key)
        finally:
            service.kill()
            service.settings = straight
            service.start()
            await asyncio.to_thread(service.wait_until_ready)
    await until_sound()


def _through(url: str, port: int) -> str:
    """The same database by another port."""
    return url.replace(f":{urlsplit(url).port}/", f":{port}/")
