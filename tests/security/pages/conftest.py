"""A portal of its own for each file that sends it anything: what it leaves behind is in nobody's way."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import Browser, async_playwright

from preau.common.embedded.postgres import PostgresServer
from preau.standalone.system import Layout, postgres_server, running_system
from tests.security.pages.stage import set_the_stage


@pytest.fixture(scope="module")
def own_layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return Layout(Path(tmp_path_factory.mktemp("portal")), port=port, log_level="ERROR")


@pytest.fixture(scope="module")
def own_postgres(own_layout: Layout) -> Iterator[PostgresServer]:
    with postgres_server(own_layout) as server:
        yield server


@pytest.fixture(scope="module")
async def portal(own_layout: Layout, own_postgres: PostgresServer) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the running portal; no limit of rate, for all comes from one address."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PREAU_ADDRESS_RATE", "0")
        environment.setenv("PREAU_SIGN_IN_RATE", "0")
        async with (
            running_system(own_layout, own_postgres) as url,
            httpx2.AsyncClient(base_url=url, timeout=60) as client,
        ):
            yield client


@pytest.fixture(scope="module")
async def starts(portal: httpx2.AsyncClient, own_postgres: PostgresServer) -> list[str]:
    """Where to begin to look, after the stage is set."""
    url = str(portal.base_url).rstrip("/")
    return await asyncio.to_thread(set_the_stage, url, own_postgres.url("preau_payments"))


@pytest.fixture(scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        await launched.close()
