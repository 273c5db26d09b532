"""What routes depend on runs where they run: a plain function would be sent to a thread for each request."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant

from preau.common.http.permissions import routes_of
from preau.gateway.app import create_app
from preau.gateway.settings import GatewaySettings
from tests.fleet import SERVICES

APPS = {service.name: service.app for service in SERVICES} | {
    "gateway": lambda: create_app(GatewaySettings(environment="development")).pages
}


def needed(dependant: Dependant | None) -> Iterator[Any]:
    for each in dependant.dependencies if dependant else ():
        yield each.call
        yield from needed(each)


def goes_to_a_thread(call: Any) -> bool:
    """Classes go as well, but are few, of lists that agents look at."""
    called = call if inspect.isroutine(call) else type(call).__call__
    return not (
        inspect.isclass(call) or inspect.iscoroutinefunction(called) or inspect.isasyncgenfunction(called)
    )


@pytest.mark.parametrize("app", APPS.values(), ids=APPS)
def test_no_dependency_waits_for_a_thread(app) -> None:
    calls = {call for route in routes_of(app()) for call in needed(getattr(route, "dependant", None))}
    assert calls, "routes without any dependency: the test looks at the wrong place"
    assert not [call.__qualname__ for call in calls if goes_to_a_thread(call)]
