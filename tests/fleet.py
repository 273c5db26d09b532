"""The five services, for tests that look at all of them."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from fastapi import FastAPI


class Service(NamedTuple):
    """A service by name, with what it takes to run it."""

    name: str
    create_app: Callable[..., FastAPI]
    settings: type[Any]

    def app(self) -> FastAPI:
        """The app as in development, over a database that is never opened."""
        url = "postgresql://nobody@127.0.0.1:1/nothing"
        return self.create_app(
            self.settings(
                environment="development",
                database_url=url,
                system_database_url=url,
                broker_url=f"local:{url}",
            )
        )


def _service(name: str) -> Service:
    settings = getattr(import_module(f"preau.{name}.settings"), f"{name.capitalize()}Settings")
    return Service(name, import_module(f"preau.{name}.app").create_app, settings)


SERVICES = [_service(name) for name in ("identity", "reservations", "billing", "payments", "requests")]


@cache
def operations_of(service: Service) -> list[str]:
    """``POST /path`` for each operation of the service's OpenAPI document, by path."""
    paths = service.app().openapi()["paths"]
    return sorted(
        (f"{method.upper()} {path}" for path, methods in paths.items() for method in methods),
        key=lambda operation: operation.split()[::-1],
    )
