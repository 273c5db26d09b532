"""A small process that starts one part (PostgreSQL, RabbitMQ) for a test run and ends when the run does.

Workers of pytest-xdist come and go, and a server bound to one of them would end too early; so the servers are
children of this keeper, which watches the process that owns the run. Started by `infrastructure`:

    python -m preau.testing.keeper postgres 1234 5678    (owner: pid and start time)

It writes one line of JSON, `{"url": …}` or `{"error": …}`, then waits.
"""

import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from preau.common.embedded.postgres import PostgresServer
from preau.common.embedded.rabbitmq import RabbitmqNode
from preau.testing import containers
from preau.testing.owner import Owner

POSTGRES_SETTINGS = {"max_connections": "400", "shared_buffers": "256MB", "max_wal_size": "4GB"}


@contextmanager
def local_postgres(folder: Path) -> Generator[str]:
    """A private PostgreSQL that forgets at a crash: fast, for throw-away data."""
    with PostgresServer(folder, durable=False, settings=POSTGRES_SETTINGS) as server:
        yield server.url()


@contextmanager
def local_rabbitmq(folder: Path) -> Generator[str]:
    """A private RabbitMQ, killed at the end: nobody waits for its orderly stop."""
    node = RabbitmqNode(folder)
    try:
        node.start()
        yield node.url
    finally:
        node.kill()
        node.stop()


PARTS: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "postgres": local_postgres,
    "rabbitmq": local_rabbitmq,
    "postgres-container": containers.postgres,
    "rabbitmq-container": containers.rabbitmq,
}


def keep(part: str, owner: Owner) -> None:
    """Run `part` until its owner ends or SIGTERM comes."""
    signal.signal(signal.SIGTERM, _end)
    folder = owner.folder / part
    try:
        with PARTS[part](folder) as url:
            _answer({"url": url})
            owner.wait_for_end()
    except Exception as failure:
        _answer({"error": f"{type(failure).__name__}: {failure}"})
    finally:
        shutil.rmtree(folder.resolve(), ignore_errors=True)
        if not owner.alive:
            shutil.rmtree(owner.folder, ignore_errors=True)


def _end(_signal: int, _frame: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once: the clean-up is not to be interrupted
    sys.exit(0)


def _answer(message: dict[str, str]) -> None:
    """Say it once, then let go of the pipe: whoever reads it may be gone before us."""
    with contextlib.suppress(OSError):
        os.write(1, (json.dumps(message) + "\n").encode())
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.close(quiet)


if __name__ == "__main__":
    keep(sys.argv[1], Owner(int(sys.argv[2]), sys.argv[3]))
