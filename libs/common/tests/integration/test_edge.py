"""The edge of a service over a real port: an id for each request, and figures that name no one."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import APIRouter

from preau.common.app import build_app
from preau.common.context import correlation_id
from preau.common.db.roles import ServiceDatabase
from preau.common.http.permissions import Anyone
from preau.common.server.serving import InProcessServer
from preau.common.settings import ServiceSettings
from preau.testing.databases import empty_database

router = APIRouter(prefix="/public")


@router.get("/things/{thing_id}")
async def read_thing(anyone: Anyone, thing_id: int) -> str:
    return correlation_id.get()


@router.get("/bug")
async def fail(anyone: Anyone) -> None:
    raise ZeroDivisionError


@pytest.fixture(scope="module")
async def client(module_database: ServiceDatabase) -> AsyncIterator[httpx2.AsyncClient]:
    async with empty_database("journal") as journal:
        settings = ServiceSettings(
            environment="development",
            database_url=module_database.url,
            system_database_url=module_database.system_url,
            broker_url=f"local:{journal}",
            relay_enabled=False,
        )
        server = InProcessServer(build_app(service="tests", settings=settings, topology=(), routers=[router]))
        await server.start()
        async with httpx2.AsyncClient(base_url=server.url, timeout=10) as client:
            yield client
        await server.stop()


async def ask(client: httpx2.AsyncClient, path: str, correlation: str = "") -> httpx2.Response:
    return await client.get(path, headers={"X-Correlation-Id": correlation} if correlation else {})


async def test_the_correlation_id_of_the_caller_goes_through_and_back(client) -> None:
    answer = await ask(client, "/public/things/1", "click-12345678")
    assert answer.json() == answer.headers["x-correlation-id"] == "click-12345678"


@pytest.mark.parametrize("odd", ["", "short", "x" * 65, '"}{"level":"fake', "one two three"])
async def test_a_missing_or_odd_id_is_replaced(client, odd: str) -> None:
    answer = await ask(client, "/public/things/1", odd)
    assert answer.json() == answer.headers["x-correlation-id"] != odd
    assert (await ask(client, "/public/things/1")).headers["x-correlation-id"] != answer.json()


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/public/things/x", 422), ("/public/bug", 500)]
)
async def test_errors_carry_the_id_too(client, path: str, status: int) -> None:
    answer = await ask(client, path, "click-12345678")
    assert (answer.status_code, answer.headers["x-correlation-id"]) == (status, "click-12345678")


async def test_figures_go_by_route_never_by_path(client) -> None:
    for number in (4711, 4712):
        await ask(client, f"/public/things/{number}")
    await ask(client, "/nowhere/4713")
    await ask(client, "/public/bug")
    figures = (await client.get("/metrics")).text
    assert 'preau_http_requests_total{method="GET",route="/public/things/{thing_id}",status="200"}' in figures
    assert 'preau_http_requests_total{method="GET",route="/public/bug",status="500"}' in figures
    assert 'preau_http_requests_total{method="GET",route="other",status="404"}' in figures
    labels = [
        line.partition("}")[0] for line in figures.splitlines()
    ]  # behind them stand instants, of any digits
    assert not [each for each in labels if "471" in each]
    assert "preau_outbox_backlog 0.0" in figures


async def test_a_service_says_that_it_lives_and_can_work(client) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]) == (
        200,
        {"started": True, "broker": True, "topology": True, "database": True},
    )
