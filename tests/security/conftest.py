"""Each service with its town, once for all the tests of this folder."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.fleet import Service
from tests.security.town import Town, open_town

TownOf = Callable[[Service], Awaitable[Town]]


@pytest.fixture(scope="session")
async def town_of(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TownOf]:
    """Give the town of a service, opened when it is first asked for."""
    folder: Path = tmp_path_factory.mktemp("documents")
    towns: dict[str, Town] = {}
    async with AsyncExitStack() as stack:

        async def open_once(service: Service) -> Town:
            if service.name not in towns:
                settings = {"documents_url": f"file:{folder}"} if service.name == "requests" else {}
                towns[service.name] = await stack.enter_async_context(open_town(service, **settings))
            return towns[service.name]

        yield open_once
