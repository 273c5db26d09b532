"""The services that operators look after, and their databases."""

from collections.abc import Mapping

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

SERVICES = ("identity", "reservations", "billing", "payments", "requests")


class DatabaseNotNamed(ValueError):
    """No address is given for the database of a service."""


def urls_by_service(text: str) -> Mapping[str, str]:
    """The address of each service's database.

    ``text`` is a pattern with ``{service}``, or an address a service with spaces between: whose it is, its
    database's name says (``preau_billing``). Raises ``DatabaseNotNamed``.
    """
    if "{service}" in text:
        return {service: text.replace("{service}", service) for service in SERVICES}
    urls = {_service_of(url): url for url in text.split()}
    if missing := [service for service in SERVICES if service not in urls]:
        raise DatabaseNotNamed(
            f"no database is named for {', '.join(missing)}: postgresql://…/preau_{{service}} names all"
        )
    return urls


def _service_of(url: str) -> str:
    """Empty for what is no address: it names no database."""
    try:
        return (make_url(url).database or "").removeprefix("preau_")
    except (ArgumentError, ValueError):
        return ""
