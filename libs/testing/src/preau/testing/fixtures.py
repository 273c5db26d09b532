"""Fixtures for every test of the workspace; the root ``conftest.py`` registers this module."""

from collections.abc import Iterator

import pytest
import structlog

from preau.common.context import causation_id, correlation_id, traceparent
from preau.testing import infrastructure
from preau.testing.waiting import PATIENT


@pytest.fixture(scope="session")
def postgres() -> str:
    """The URL of a superuser on a real PostgreSQL."""
    return infrastructure.postgres_admin_url()


@pytest.fixture(scope="session")
def amqp_url() -> str:
    """The URL of a real RabbitMQ."""
    return infrastructure.amqp_url()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a real Chromium."""
    return infrastructure.chromium_path()


@pytest.fixture(autouse=True, scope="session")
def plain_tracebacks() -> None:
    """What goes wrong is written plainly: the default draws every local variable, for seconds."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


@pytest.fixture(autouse=True, scope="session")
def patient_services() -> Iterator[None]:
    """Services in this process wait as long as those in processes of their own do."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in PATIENT.items():
            environment.setenv(f"PREAU_{name.upper()}", value)
        yield


@pytest.fixture(autouse=True)
def quiet_context() -> Iterator[None]:
    """No test sees the correlation of another."""
    tokens = [(variable, variable.set("")) for variable in (correlation_id, causation_id, traceparent)]
    yield
    for variable, token in tokens:
        variable.reset(token)
