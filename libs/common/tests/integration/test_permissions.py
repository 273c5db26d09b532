"""Permissions: who is let in, what they see then, and when their work is kept."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

import httpx2
import pytest
from fastapi import APIRouter, Depends, FastAPI, WebSocket
from sqlalchemy import text
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from preau.common.app import build_app
from preau.common.auth.subjects import Membership
from preau.common.db.database import Database
from preau.common.db.roles import ServiceDatabase
from preau.common.errors import Conflict
from preau.common.http.client_address import signed
from preau.common.http.permissions import (
    Account,
    AgentCaller,
    AgentMay,
    AnyAgent,
    Anyone,
    Family,
    routes_out_of_order,
    routes_without_permission,
)
from preau.common.http.unit_of_work import Databases, Transaction, Work
from preau.common.ids import new_id
from preau.common.settings import ServiceSettings
from preau.testing.tokens import TokenMint

JOLIEVILLE, BEAUVAL = new_id(), new_id()
MARTIN = Membership(JOLIEVILLE, new_id(), new_id())
PETIT = Membership(BEAUVAL, new_id(), new_id())
MINT = TokenMint()
router = APIRouter()

_ADD = text("INSERT INTO thing VALUES (:id, :commune, :label)")
_SEEN = text("SELECT label FROM thing ORDER BY label")


@router.get("/parent/families/{family_id}/things")
async def read_things(family: Family, session: Transaction) -> list[str]:
    return list((await session.execute(_SEEN)).scalars())


@router.post("/parent/families/{family_id}/things/{label}", status_code=201)
async def add_thing(family: Family, session: Transaction, database: Databases, label: str) -> str:
    await session.execute(_ADD, {"id": new_id(), "commune": family.commune_id, "label": label})
    if label == "refused":
        raise Conflict("Non.")
    if label == "bug":
        raise ZeroDivisionError
    if label == "cut":
        backend = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        async with database.engine.connect() as other:
            await other.execute(text("SELECT pg_terminate_backend(:backend)"), {"backend": backend})
    return label


@router.get("/parent/things")
async def read_own(account: Account, work: Work) -> list[str]:
    async with work.begin() as session:
        return list((await session.execute(_SEEN)).scalars())


@router.get("/agent/things")
async def read_commune(
    agent: Annotated[AgentCaller, AgentMay("billing", "requests")], session: Transaction
) -> list[str]:
    return list((await session.execute(_SEEN)).scalars())


@router.get("/agent/me")
async def read_me(agent: AnyAgent) -> list[str]:
    return sorted(agent.roles)


@router.get("/public/things")
async def read_nothing(anyone: Anyone) -> str:
    return anyone.client_address


GATEWAY_KEY = "a-key-that-gateway-and-services-share"


def make_app(made: ServiceDatabase, *routers: APIRouter) -> FastAPI:
    """A service; its broker is never opened here."""
    settings = ServiceSettings(
        environment="development",
        database_url=made.url,
        system_database_url=made.system_url,
        broker_url=f"local:{made.owner_url}",
        database_pool_size=3,
        gateway_key=GATEWAY_KEY,
    )
    app = build_app(service="tests", settings=settings, topology=(), routers=routers)
    app.state.verifier = MINT.verifier()
    return app


@pytest.fixture
async def database(module_database: ServiceDatabase) -> AsyncIterator[Database]:
    opened = Database(module_database.url, system_url=module_database.system_url)
    async with opened.system_transaction() as session:
        await session.execute(text("DELETE FROM thing"))
    yield opened
    await opened.close()


@pytest.fixture
async def client(module_database: ServiceDatabase) -> AsyncIterator[httpx2.AsyncClient]:
    app = make_app(module_database, router)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://service") as client:
        yield client
    await app.state.database.close()


@pytest.fixture
async def things(database: Database) -> None:
    for commune, label in ((JOLIEVILLE, "ours"), (BEAUVAL, "theirs")):
        async with database.transaction(commune) as session:
            await session.execute(_ADD, {"id": new_id(), "commune": commune, "label": label})


def path(family_id: UUID, end: str = "") -> str:
    return f"/parent/families/{family_id}/things{end}"


async def stored(database: Database) -> list[str]:
    async with database.system_transaction() as session:
        return list((await session.execute(_SEEN)).scalars())


async def test_a_parent_acts_for_each_family_of_theirs_in_its_own_commune(client, things) -> None:
    both = MINT.parent(MARTIN, PETIT)
    assert (await client.get(path(MARTIN.family_id), headers=both)).json() == ["ours"]
    assert (await client.get(path(PETIT.family_id), headers=both)).json() == ["theirs"]


@pytest.mark.parametrize("family_id", [PETIT.family_id, new_id(), MARTIN.guardian_id, JOLIEVILLE])
async def test_any_other_family_does_not_exist(client, things, family_id: UUID) -> None:
    answer = await client.get(path(family_id), headers=MINT.parent(MARTIN))
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/not-found")
    assert (await client.get(path(family_id), headers=MINT.parent())).status_code == 404


async def test_who_is_not_signed_in_is_asked_to(client) -> None:
    token = MINT.parent(MARTIN)["Authorization"].removeprefix("Bearer ")
    for header in ("", token, f"Basic {token}", "Bearer", "Bearer  ", f"Bearer{token}", f"Bearer {token}x"):
        answer = await client.get(path(MARTIN.family_id), headers={"Authorization": header})
        assert answer.status_code == 401, header
        assert answer.headers["www-authenticate"] == "Bearer"
    assert (await client.get("/parent/things")).status_code == 401
    assert (await client.get("/agent/me")).status_code == 401


async def test_parents_and_agents_have_routes_of_their_own(client) -> None:
    parent, agent = MINT.parent(MARTIN), MINT.agent(JOLIEVILLE)
    assert (await client.get("/agent/things", headers=parent)).status_code == 401
    assert (await client.get("/agent/me", headers=parent)).status_code == 401
    assert (await client.get(path(MARTIN.family_id), headers=agent)).status_code == 401
    assert (await client.get("/parent/things", headers=agent)).status_code == 401


async def test_an_account_by_itself_sees_no_communes_rows(client, things) -> None:
    answer = await client.get("/parent/things", headers=MINT.parent(MARTIN, PETIT))
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        (("billing",), 200),
        (("attendance", "requests"), 200),
        (("admin",), 200),
        (("attendance", "reservations"), 403),
        (("Billing", "ADMIN", "*"), 403),
    ],
)
async def test_agents_need_one_of_the_routes_roles(client, things, roles, status) -> None:
    answer = await client.get("/agent/things", headers=MINT.agent(JOLIEVILLE, *roles))
    assert answer.status_code == status
    assert status != 200 or answer.json() == ["ours"], "and see their own commune"
    assert (await client.get("/agent/me", headers=MINT.agent(JOLIEVILLE, *roles))).status_code == 200


async def test_what_is_public_wants_no_token(client) -> None:
    assert (await client.get("/public/things")).status_code == 200


async def test_the_gateway_alone_tells_the_address_of_a_client(client) -> None:
    genuine, forged = signed(GATEWAY_KEY, "203.0.113.9"), signed("x" * 32, "203.0.113.9")
    assert (await client.get("/public/things", headers=genuine)).json() == "203.0.113.9"
    own = (await client.get("/public/things")).json()
    for headers in (forged, {"X-Forwarded-For": "203.0.113.9"}):
        assert (await client.get("/public/things", headers=headers)).json() == own


def test_what_serves_routes_needs_the_gateways_key_outside_development() -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    settings = ServiceSettings(
        environment="production", database_url=url, system_database_url=url, broker_url=f"local:{url}"
    )
    with pytest.raises(ValueError, match="PREAU_GATEWAY_KEY"):
        build_app(service="tests", settings=settings, topology=(), routers=[router])
    build_app(service="tests", settings=settings, topology=())  # a worker answers nobody


async def test_the_work_of_a_request_is_kept_once_it_is_answered(client, database: Database) -> None:
    answer = await client.post(path(MARTIN.family_id, "/kept"), headers=MINT.parent(MARTIN))
    assert answer.status_code == 201
    assert await stored(database) == ["kept"]


@pytest.mark.parametrize(("label", "status"), [("refused", 409), ("bug", 500)])
async def test_the_work_of_a_request_that_fails_is_undone(client, database, label, status) -> None:
    answer = await client.post(path(MARTIN.family_id, f"/{label}"), headers=MINT.parent(MARTIN))
    assert answer.status_code == status
    assert await stored(database) == []


async def test_a_commit_that_fails_is_not_told_as_a_success(client, database: Database) -> None:
    answer = await client.post(path(MARTIN.family_id, "/cut"), headers=MINT.parent(MARTIN))
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert await stored(database) == []


async def nobody_said_who_may() -> str:
    return ""


def test_what_declares_nothing_is_found_wherever_it_hangs(module_database: ServiceDatabase) -> None:
    plain, inner, outer = APIRouter(), APIRouter(prefix="/inner"), APIRouter(prefix="/outer")
    plain.get("/plain")(nobody_said_who_may)
    inner.get("/deep")(nobody_said_who_may)
    outer.include_router(inner, prefix="/between")
    app = make_app(module_database, router, plain, outer)
    app.get("/direct")(nobody_said_who_may)
    app.websocket("/socket")(lambda websocket: WebSocket.accept(websocket))
    app.router.routes.append(Route("/bare", PlainTextResponse("")))
    app.router.routes.append(Mount("/mounted", PlainTextResponse("")))
    found = [line.rpartition(" ")[2] for line in routes_without_permission(app)]
    assert sorted(found) == [
        "/bare",
        "/direct",
        "/mounted",
        "/outer/between/inner/deep",
        "/plain",
        "/socket",
    ]


def test_a_permission_may_stand_on_the_router_or_under_another_dependency(
    module_database: ServiceDatabase,
) -> None:
    async def facts(agent: Annotated[AgentCaller, AgentMay("billing")]) -> UUID:
        return agent.commune_id

    guarded = APIRouter(dependencies=[AgentMay("admin")])
    guarded.get("/guarded")(nobody_said_who_may)
    derived = APIRouter()

    @derived.get("/derived")
    async def read(commune_id: Annotated[UUID, Depends(facts)]) -> UUID:
        return commune_id

    assert routes_without_permission(make_app(module_database, router, guarded, derived)) == []


async def before_its_permission(session: Transaction, agent: AnyAgent) -> str:
    return str(agent.commune_id)


async def of_no_tenant(anyone: Anyone, session: Transaction) -> str:
    return anyone.client_address


async def test_a_transaction_wants_a_permission_before_it_that_knows_a_tenant(
    module_database: ServiceDatabase,
) -> None:
    planted = APIRouter()
    planted.get("/out-of-order")(before_its_permission)
    planted.get("/public/no-tenant")(of_no_tenant)
    app = make_app(module_database, router, planted)
    assert [line.rpartition(" ")[2] for line in routes_out_of_order(app)] == [
        "/out-of-order",
        "/public/no-tenant",
    ]
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app, raise_app_exceptions=False), base_url="http://service"
    ) as client:
        for path in ("/out-of-order", "/public/no-tenant"):
            answer = await client.get(path, headers=MINT.agent(JOLIEVILLE))
            assert answer.status_code == 500
    await app.state.database.close()
