"""What an operator named and cannot be reached, told in one line that holds no password."""

import logging
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import urlsplit

import asyncpg
from aio_pika.exceptions import AMQPError
from sqlalchemy.exc import ArgumentError

from preau.common.messaging.broker import Broker
from preau.common.messaging.connect import broker_from_url

FAILURES = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, AMQPError, ArgumentError, ValueError)
"""What drivers raise for an address that is wrong, and for a server that is away or refuses."""
BROKER_PATIENCE_SECONDS = 10.0


class CannotReach(RuntimeError):
    """The text says what was meant, where it was looked for, and why it cannot be used."""


def place(url: str) -> str:
    """Host, port and path of an address; never its user or password, whatever is wrong with it."""
    address = url.removeprefix("local:")
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return "its address cannot be read"
    if not parts.hostname or address.count("@") > parts.netloc.count("@"):
        return "its address cannot be read"  # a / ? or # in a password moves what follows it elsewhere
    return f"{parts.hostname}{port}{parts.path.rstrip('/')}"


def reason(error: BaseException) -> str:
    """Why, without what drivers quote of an address they cannot read."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ValueError | ArgumentError):
        return "not an address of the kind that is wanted"
    return " ".join(str(error).split()) or type(error).__name__


@contextmanager
def reaching(what: str, url: str) -> Generator[None]:
    """Raises ``CannotReach`` for a failure inside: ``what`` is at ``url``."""
    try:
        yield
    except FAILURES as error:
        raise CannotReach(f"{what} ({place(url)}): {reason(error)}") from error


@contextmanager
def serving(port: int) -> Generator[None]:
    """Raises ``CannotReach`` when /metrics cannot be served at ``port``."""
    try:
        yield
    except OSError as error:
        raise CannotReach(f"/metrics at port {port}: {reason(error)}") from error


@asynccontextmanager
async def connected_broker(
    url: str, *, name: str, patience_seconds: float = BROKER_PATIENCE_SECONDS
) -> AsyncGenerator[Broker]:
    """The broker at ``url`` for a tool, which gives up where a service waits. Raises ``CannotReach``."""
    for library in ("aio_pika", "aiormq"):
        logging.getLogger(library).setLevel(logging.CRITICAL)  # what they say of a broker, we say in one line
    with reaching("the broker", url):
        broker = broker_from_url(url, name=name)
    try:
        with reaching("the broker", url):
            await broker.connect(patience_seconds)
        yield broker
    except AMQPError as error:
        raise CannotReach(f"the broker ({place(url)}): {reason(error)}") from error
    finally:
        await broker.close()
