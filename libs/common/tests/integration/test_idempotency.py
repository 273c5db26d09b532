"""Idempotency keys: one effect however often a POST is sent, and keys that nobody else can use."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import text

from preau.common.app import build_app
from preau.common.auth.subjects import Membership
from preau.common.db.database import Database
from preau.common.db.driver import connect
from preau.common.db.messaging_tables import KEYS_KEPT_DAYS
from preau.common.db.roles import ServiceDatabase
from preau.common.errors import Conflict
from preau.common.housekeeping import forget_older
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.permissions import Family
from preau.common.http.schemas import RequestModel
from preau.common.http.unit_of_work import Transaction
from preau.common.ids import new_id
from preau.common.settings import ServiceSettings
from preau.testing.tokens import TokenMint

MEMBERSHIP = Membership(new_id(), new_id(), new_id())
MINT = TokenMint()
MARTIN, DURAND = MINT.parent(MEMBERSHIP), MINT.parent(MEMBERSHIP)  # two accounts of one family
router = APIRouter()
slow_began, slow_may_end = asyncio.Event(), asyncio.Event()


class ThingIn(RequestModel):
    label: str


async def _add(family: Family, session: Transaction, idem: IdempotencyKey, body: ThingIn) -> JSONResponse:
    async def produce() -> dict[str, Any]:
        thing_id = new_id()
        await session.execute(
            text("INSERT INTO thing VALUES (:id, :commune, :label)"),
            {"id": thing_id, "commune": family.commune_id, "label": body.label},
        )
        if body.label == "slow":
            slow_began.set()
            await slow_may_end.wait()
        if body.label == "refused":
            raise Conflict("Plus de place.")
        return {"thing_id": thing_id}

    return await idem.once(session, family.account_id, body, produce)


router.post("/parent/families/{family_id}/things")(_add)
router.post("/parent/families/{family_id}/others")(_add)


class Client:
    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http

    async def add(
        self, label: str = "a", *, key: str | None = "key-1", by: dict[str, str] = MARTIN, to: str = "things"
    ) -> httpx2.Response:
        headers = {**by, **({} if key is None else {"Idempotency-Key": key})}
        path = f"/parent/families/{MEMBERSHIP.family_id}/{to}"
        return await self._http.post(path, json={"label": label}, headers=headers)


@pytest.fixture(autouse=True)
async def database(module_database: ServiceDatabase) -> AsyncIterator[Database]:
    """Empty at first."""
    opened = Database(module_database.url, system_url=module_database.system_url)
    owner = await connect(module_database.owner_url)
    await owner.execute("DELETE FROM thing; DELETE FROM idempotency_key")
    await owner.close()
    yield opened
    await opened.close()


@pytest.fixture
async def client(module_database: ServiceDatabase) -> AsyncIterator[Client]:
    settings = ServiceSettings(
        environment="development",
        database_url=module_database.url,
        system_database_url=module_database.system_url,
        broker_url=f"local:{module_database.owner_url}",
    )
    app = build_app(service="tests", settings=settings, topology=(), routers=[router])
    app.state.verifier = MINT.verifier()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://service") as http:
        yield Client(http)
    await app.state.database.close()


async def things(database: Database) -> int:
    async with database.system_transaction() as session:
        return (await session.execute(text("SELECT count(*) FROM thing"))).scalar_one()


def problem(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


async def test_the_same_key_gets_the_same_answer_and_one_effect(client: Client, database: Database) -> None:
    first, second = await client.add(), await client.add()
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert await things(database) == 1


async def test_ten_at_once_have_one_effect(client: Client, database: Database) -> None:
    answers = await asyncio.gather(*(client.add() for _ in range(10)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["thing_id"] for answer in answers if answer.status_code == 201}) == 1
    assert await things(database) == 1


async def test_a_key_that_served_for_something_else_is_refused(client: Client, database: Database) -> None:
    await client.add("a")
    assert problem(await client.add("b")) == (422, "idempotency-key-reused")
    assert problem(await client.add("a", to="others")) == (422, "idempotency-key-reused")
    assert await things(database) == 1


async def test_while_the_first_is_in_flight_the_second_is_told_so(client: Client) -> None:
    slow_began.clear()
    slow_may_end.clear()
    first = asyncio.create_task(client.add("slow"))
    async with asyncio.timeout(30):
        await slow_began.wait()
        second = await client.add("slow")
        assert problem(second) == (409, "idempotency-key-in-flight")
        assert second.headers["retry-after"] == "1"
        slow_may_end.set()
        assert (await client.add("slow")).json() == (await first).json() or first.done()
    assert (await client.add("slow")).json() == first.result().json()


async def test_an_error_leaves_no_trace_and_the_key_free(client: Client, database: Database) -> None:
    assert (await client.add("refused")).status_code == 409
    assert await things(database) == 0
    assert (await client.add("a")).status_code == 201


async def test_the_keys_of_different_people_never_meet(client: Client, database: Database) -> None:
    ours, theirs = await client.add(by=MARTIN), await client.add(by=DURAND)
    assert ours.json() != theirs.json()
    assert "idempotency-replayed" not in theirs.headers
    assert (await client.add("b", by=DURAND, key="key-2")).status_code == 201
    assert await things(database) == 3


@pytest.mark.parametrize("key", [None, "", "   "])
async def test_without_a_key_nothing_happens(client: Client, database: Database, key: str | None) -> None:
    assert problem(await client.add(key=key)) == (400, "bad-request")
    assert await things(database) == 0


async def test_a_key_has_a_limit(client: Client) -> None:
    assert (await client.add(key="k" * 100)).status_code == 201
    assert problem(await client.add(key="k" * 101)) == (422, "invalid")


async def test_keys_are_forgotten_after_a_week(
    client: Client, database: Database, module_database: ServiceDatabase
) -> None:
    first = await client.add()
    await forget_older(database, "idempotency_key", "created_at", KEYS_KEPT_DAYS)
    assert (await client.add()).json() == first.json()
    owner = await connect(module_database.owner_url)
    await owner.execute("UPDATE idempotency_key SET created_at = now() - interval '8 days'")
    await owner.close()
    await forget_older(database, "idempotency_key", "created_at", KEYS_KEPT_DAYS)
    assert (await client.add()).json() != first.json()
