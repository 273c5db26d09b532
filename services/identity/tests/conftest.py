"""The identity service over a database of its own, and what its tests say often."""

from collections.abc import AsyncIterator

import pytest

from preau.common.testing.services import ServiceUnderTest, running_service
from preau.identity.app import create_app
from preau.identity.demo import seed
from preau.identity.settings import IdentitySettings


@pytest.fixture
async def identity() -> AsyncIterator[ServiceUnderTest]:
    """A fresh identity service with the demonstration's communes and people, its outbox emptied."""
    async with running_service(
        "identity", create_app, IdentitySettings, public_url="http://front"
    ) as service:
        await seed(service.database)
        await service.forget_emitted()
        yield service
