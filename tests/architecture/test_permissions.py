"""Deny by default, over all five services: permissions, tenants, idempotency keys, strict bodies."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from preau.common.db.database import async_url
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.permissions import (
    TECHNICAL_PATHS,
    permission_of,
    routes_of,
    routes_out_of_order,
    routes_without_permission,
)
from preau.testing.databases import fresh_database
from tests.fleet import SERVICES, Service

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)

COSTS_MONEY_OR_PLACES = {
    "POST /parent/families/{family_id}/orders",
    "POST /agent/bookings",
    "POST /agent/runs/{run_id}/issue",
    "POST /parent/families/{family_id}/payments",
    "POST /agent/payments/{payment_id}/refunds",
    "POST /agent/families/{family_id}/manual-invoices",
    "POST /agent/credits/{account_id}/refunds",
    "POST /parent/families/{family_id}/requests",
}
TECHNICAL_TABLES = {"outbox", "event_log", "inbox", "idempotency_key"}
"""Read by the relay and the inbox for all communes; no route shows them."""
OVER_ALL_COMMUNES = {
    "identity": {
        *("account", "account_link", "refresh_token"),  # one account reaches several communes
        *("platform_secret", "signing_key", "spent_challenge", "throttle", "sandbox_mail"),
        *("try_budget", "known_network", "mail_request"),  # before anybody's commune is known
    },
    "payments": {"sandbox_notification", "sandbox_refund", "sandbox_transaction"},  # the bank's, not ours
}
"""Tables without a tenant: a new one has to be thought about, and named here."""


@each_service
def test_every_route_says_who_may_call_it(service: Service) -> None:
    app = service.app()
    assert len(routes_of(app)) > 10, "the guard looks at the routes that are there"
    assert routes_without_permission(app) == []
    assert routes_out_of_order(app) == []


def test_a_planted_route_without_permission_is_found() -> None:
    planted = APIRouter(prefix="/agent")
    planted.post("/everything")(lambda: None)
    app = SERVICES[0].app()
    app.include_router(planted)
    assert routes_without_permission(app) == ["['POST'] /agent/everything"]


PREFIXES = {
    "FamilyMay": "/parent/families/{family_id}",
    "AccountMay": "/parent/",
    "_AgentPermission": "/agent/",
    "_Anyone": ("/public/", "/hooks/"),
}


@each_service
def test_the_path_of_a_route_tells_its_audience(service: Service) -> None:
    """The gateway forwards by prefix: a parents' path must not open to anyone, nor the reverse."""
    for route in routes_of(service.app()):
        if route.path not in TECHNICAL_PATHS:
            kind = type(permission_of(route)).__name__
            assert route.path.startswith(PREFIXES[kind]), (route.path, kind)


def operations(app: FastAPI) -> Iterator[tuple[str, dict[str, Any]]]:
    """``("POST /path", operation)`` for each operation of the OpenAPI document."""
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def without_required_key(app: FastAPI, names: set[str]) -> set[str]:
    """Those of ``names`` that the app offers without the header Idempotency-Key."""
    return {
        name
        for name, operation in operations(app)
        if name in names
        and not any(parameter["name"] == "Idempotency-Key" for parameter in operation.get("parameters", ()))
    }


def test_what_costs_money_or_places_takes_an_idempotency_key() -> None:
    offered: set[str] = set()
    for service in SERVICES:
        app = service.app()
        offered |= {name for name, _ in operations(app)}
        assert without_required_key(app, COSTS_MONEY_OR_PLACES) == set()
    assert offered >= COSTS_MONEY_OR_PLACES, "the list speaks of operations that exist"


def test_a_planted_order_without_key_is_found() -> None:
    app = FastAPI()
    app.post("/free")(lambda: None)

    @app.post("/guarded")
    async def guarded(key: IdempotencyKey) -> None: ...

    assert without_required_key(app, {"POST /free", "POST /guarded"}) == {"POST /free"}


def lenient_bodies(app: FastAPI) -> set[str]:
    """Objects somewhere in a request body that take unknown fields: ``POST /path: Schema``.

    Objects with declared value schemas (a request's answers, whose names are data) are maps, not models.
    """
    schemas = app.openapi().get("components", {}).get("schemas", {})
    found: set[str] = set()

    def walk(name: str, schema: dict[str, Any], seen: frozenset[str]) -> None:
        if reference := schema.get("$ref"):
            title = reference.rpartition("/")[2]
            if title not in seen:
                walk(name, schemas[title], seen | {title})
            return
        if "properties" in schema and schema.get("additionalProperties") is not False:
            found.add(f"{name}: {schema.get('title')}")
        for inner in schema.get("properties", {}).values():
            walk(name, inner, seen)
        for key in ("anyOf", "oneOf", "allOf"):
            for inner in schema.get(key, ()):
                walk(name, inner, seen)
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                walk(name, schema[key], seen)

    for name, operation in operations(app):
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            if media_type == "application/json":
                walk(name, content["schema"], frozenset())
    return found


@each_service
def test_bodies_refuse_unknown_fields(service: Service) -> None:
    assert lenient_bodies(service.app()) == set()


def test_a_planted_lenient_body_is_found_however_deep() -> None:
    class Line(BaseModel):
        price_cents: int

    class Order(BaseModel, extra="forbid"):
        lines: list[Line] | None

    app = FastAPI()

    @app.post("/orders")
    async def place(order: Order) -> None: ...

    assert lenient_bodies(app) == {"POST /orders: Line"}


_UNGUARDED = text("""
    SELECT class.relname FROM pg_class AS class
    JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND attribute.attname = 'commune_id'
    WHERE class.relkind IN ('r', 'p') AND class.relnamespace = 'public'::regnamespace
      AND NOT attribute.attisdropped
      AND NOT (
        class.relrowsecurity AND class.relforcerowsecurity
        AND class.relowner <> (SELECT oid FROM pg_roles WHERE rolname = :application)
        AND EXISTS (SELECT FROM pg_policy WHERE polrelid = class.oid)
      )
""")
_WITHOUT_TENANT = text("""
    SELECT relname FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = pg_class.oid AND attname = 'commune_id' AND NOT attisdropped
    )
""")


async def tables(url: str, query: Any, **values: str) -> set[str]:
    engine = create_async_engine(async_url(url))
    async with engine.connect() as connection:
        names = (await connection.execute(query, values)).scalars().all()
    await engine.dispose()
    technical = tuple(f"{name}_" for name in TECHNICAL_TABLES)  # partitions
    return {name for name in names if name not in TECHNICAL_TABLES and not name.startswith(technical)}


@each_service
async def test_every_tenant_table_has_forced_row_level_security(service: Service) -> None:
    async with fresh_database(service.name) as database:
        application = str(make_url(database.url).username)
        assert await tables(database.url, _UNGUARDED, application=application) == set()
        engine = create_async_engine(async_url(database.owner_url))
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE planted (commune_id uuid NOT NULL)"))
        await engine.dispose()
        assert await tables(database.url, _UNGUARDED, application=application) == {"planted"}


@each_service
async def test_tables_over_all_communes_are_known_by_name(service: Service) -> None:
    async with fresh_database(service.name) as database:
        found = await tables(database.url, _WITHOUT_TENANT)
    assert found == OVER_ALL_COMMUNES.get(service.name, set()) | {f"{service.name}_version"}
