"""Fixtures: all of Préau in the test's process, once for all the tests of a run that look at pages."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from preau.common.embedded.postgres import PostgresServer
from preau.standalone.system import Layout, postgres_server, running_system


@pytest.fixture(scope="session")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A place of its own for the system's data, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return Layout(Path(tmp_path_factory.mktemp("system")), port=port)


@pytest.fixture(scope="session")
def embedded(layout: Layout) -> Iterator[PostgresServer]:
    """The system's own PostgreSQL."""
    with postgres_server(layout) as server:
        yield server


@pytest.fixture(scope="session")
async def system(layout: Layout, embedded: PostgresServer) -> AsyncIterator[str]:
    """The running system's address, with the demonstration in it; all its visitors come from one address."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PREAU_SIGN_IN_RATE", "0")
        async with running_system(layout, embedded) as url:
            yield url
