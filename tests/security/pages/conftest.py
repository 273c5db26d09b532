"""A portal of its own for each file that sends it anything: what it leaves behind is in nobody's way."""

import asyncio
import subprocess
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx2
import pytest
from playwright.async_api import Browser, async_playwright

from preau.common.embedded.postgres import PostgresServer
from preau.common.embedded.process import free_port
from preau.standalone.system import Layout, postgres_server, running_system
from preau.testing.scratch import scratch_folder
from tests.security.pages.stage import set_the_stage


@dataclass(frozen=True)
class Stage:
    """A portal at rest with something of each kind in it, and where to begin to look."""

    layout: Layout
    starts: list[str]


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Set once a run: each file starts a copy, on the same port, as addresses with it are stored."""
    with scratch_folder() as folder:
        layout = Layout(folder / "stage", port=free_port(), log_level="ERROR")
        with (
            postgres_server(layout) as server,
            asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner,  # leaves the thread's own loop
        ):
            starts = runner.run(_set(layout, server))
        yield Stage(layout, starts)


async def _set(layout: Layout, server: PostgresServer) -> list[str]:
    async with _unlimited(layout, server) as url:
        return await asyncio.to_thread(
            set_the_stage, url, server.url("preau_payments"), server.url("preau_billing")
        )


@asynccontextmanager
async def _unlimited(layout: Layout, server: PostgresServer) -> AsyncGenerator[str]:
    """The portal running without a limit of rate, for all comes from one address."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PREAU_ADDRESS_RATE", "0")
        environment.setenv("PREAU_SIGN_IN_RATE", "0")
        async with running_system(layout, server) as url:
            yield url


@pytest.fixture(scope="module")
def own_layout(stage: Stage) -> Iterator[Layout]:
    with scratch_folder() as folder:
        subprocess.run(["cp", "-a", stage.layout.folder, folder / "portal"], check=True)  # with its owners
        yield replace(stage.layout, folder=folder / "portal")


@pytest.fixture(scope="module")
def own_postgres(own_layout: Layout) -> Iterator[PostgresServer]:
    with postgres_server(own_layout) as server:
        yield server


@pytest.fixture(scope="module")
async def portal(own_layout: Layout, own_postgres: PostgresServer) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the running portal."""
    async with (
        _unlimited(own_layout, own_postgres) as url,
        httpx2.AsyncClient(base_url=url, timeout=60) as client,
    ):
        yield client


@pytest.fixture(scope="session")
def starts(stage: Stage) -> list[str]:
    """Where to begin to look."""
    return stage.starts


@pytest.fixture(scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        await launched.close()
