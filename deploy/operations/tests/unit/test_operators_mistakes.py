"""Every command tells an operator's mistake in a line that names what was meant, and no password."""

import logging
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
import structlog
from click.testing import Result
from typer.testing import CliRunner

from preau.common.embedded.process import free_port
from preau.operations.cli import app
from preau.operations.reaching import place
from preau.operations.services import SERVICES

PASSWORD = "kept-to-oneself"
USER = f"someone:{PASSWORD}"
NOWHERE = "127.0.0.1:9"
DATABASES = f"postgresql://{USER}@{NOWHERE}/preau_{{service}}"
JOURNAL = f"local:postgresql://{USER}@{NOWHERE}/preau_journal"
AMQP = f"amqp://{USER}@{NOWHERE}/"
REPLAY = ("replay", "--queue", "billing.copies", "--since", "2026-01-01")
WIDE = {"COLUMNS": "200", "TERM": "dumb"}
ADMINISTRATION = {
    "PREAU_ENVIRONMENT": "development",
    **{f"PREAU_BROKER_PASSWORD_{name.upper()}": PASSWORD for name in (*SERVICES, "operations")},
    **{
        f"PREAU_DATABASE_PASSWORD_{name.upper()}_{role}": PASSWORD
        for name in SERVICES
        for role in ("APPLICATION", "SYSTEM", "OWNER", "AUDIT")
    },
}


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Commands set logging up for their process, which here is that of the tests."""
    structured, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    yield
    structlog.configure(**structured)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    for library in ("aio_pika", "aiormq"):
        logging.getLogger(library).setLevel(logging.WARNING)


def preau(*arguments: str, **environment: str) -> Result:
    """Run in a thread: a command has an event loop of its own."""
    kept: dict[str, str | None] = {name: None for name in os.environ if name.startswith("PREAU_")}
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(
            CliRunner().invoke, app, arguments, env=kept | ADMINISTRATION | environment | WIDE
        ).result(60)


def assert_told(answer: Result, *named: str) -> None:
    """One message and no exception of ours: a traceback is what any other but SystemExit becomes."""
    assert isinstance(answer.exception, SystemExit), repr(answer.exception)
    assert answer.exit_code in {1, 2}
    assert PASSWORD not in answer.output
    assert not {"aio_pika", "aiormq"} & set(re.findall(r"\w+", answer.output)), answer.output
    for name in named:
        assert name in answer.output


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("queues", "--broker-url", f"http://{USER}@x"), ("broker", "x")),
        (("queues", "--broker-url", AMQP, "--patience", "0"), ("broker", NOWHERE)),
        (("queues", "--broker-url", f"amqp://{USER}@x:seventy/"), ("broker",)),
        (("queues", "--broker-url", JOURNAL), ("broker", f"{NOWHERE}/preau_journal")),
        (("audit", "--database-url", DATABASES), ("identity", f"{NOWHERE}/preau_identity")),
        (("audit", "--database-url", "nimporte"), ("identity", "postgresql://")),
        (("audit", "--database-url", "nimporte{service}"), ("identity",)),
        (("audit-nightly", "--database-url", f"nimporte:{PASSWORD}"), ("identity",)),
        ((*REPLAY, "--database-url", "nimporte", "--broker-url", JOURNAL), ("identity",)),
        ((*REPLAY, "--database-url", DATABASES, "--broker-url", JOURNAL), ("broker", NOWHERE)),
        (("tour", "--url", "nonsense"), ("--url", "http://")),
        (
            ("tour", "--url", f"http://{NOWHERE}", "--patience", "0"),
            (f"Nothing answers at http://{NOWHERE}",),
        ),
    ],
)
def test_an_address_that_is_wrong(arguments: tuple[str, ...], named: tuple[str, ...]) -> None:
    assert_told(preau(*arguments), *named)


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        (("broker", "set-up", "--patience", "0"), f"http://{USER}@{NOWHERE}"),
        (("broker", "set-up"), f"amqp://{USER}@x"),
        (("broker", "watch"), f"http://{USER}@[x"),
        (
            ("broker", "watch", "--database-url", "nimporte", "--broker-url", AMQP),
            f"http://{USER}@{NOWHERE}",
        ),
    ],
)
def test_an_address_of_the_brokers_administration(arguments: tuple[str, ...], address: str) -> None:
    named = "identity" if "nimporte" in arguments else NOWHERE if NOWHERE in address else "BROKER_ADMIN_URL"
    assert_told(preau(*arguments, PREAU_BROKER_ADMIN_URL=address), named)


@pytest.mark.parametrize("address", [f"postgresql://{USER}@{NOWHERE}/postgres", f"nimporte:{PASSWORD}"])
def test_an_address_of_the_databases_administration(address: str) -> None:
    assert_told(preau("databases", "set-up", PREAU_POSTGRES_ADMIN_URL=address), "preau_identity")


def test_a_server_that_refuses(postgres: str, amqp_url: str) -> None:
    where = postgres.rpartition("@")[2].partition("/")[0]
    journal = f"local:postgresql://{USER}@{where}/postgres"
    assert_told(preau("queues", "--broker-url", journal), "broker", where)
    databases = f"postgresql://{USER}@{where}/preau_{{service}}"
    assert_told(preau("audit", "--database-url", databases), "identity", where)
    broker = amqp_url.rpartition("@")[2].partition("/")[0]
    assert_told(preau("queues", "--broker-url", f"amqp://{USER}@{broker}/"), "broker", broker, "REFUSED")


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "--database-url", DATABASES, "--days", "-3"),
        ("audit", "--database-url", DATABASES, "--days", "0"),
        ("audit", "--database-url", DATABASES, "--patience", "-1"),
        ("audit", "--database-url", DATABASES, "--patience", "nan"),
        ("audit-nightly", "--database-url", DATABASES, "--metrics-port", "99999"),
        ("queues", "--broker-url", AMQP, "--patience", "-1"),
        ("tour", "--patience", "-1"),
        ("broker", "set-up", "--patience", "-1"),
        ("broker", "watch", "--every", "0"),
        ("broker", "watch", "--metrics-port", "99999"),
    ],
)
def test_a_number_out_of_bounds(arguments: tuple[str, ...]) -> None:
    option = [name for name, value in pairwise(arguments) if value == arguments[-1]][-1]
    answer = preau(*arguments)
    assert_told(answer, option)
    assert answer.exit_code == 2


def test_the_real_command_with_what_is_added_to_it() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "preau.operations", "run", "--port", "99999"],
        env=os.environ | WIDE,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 2
    assert "--port" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("0.0.0.0", free_port())) as taken:  # noqa: S104
        number = str(taken.getsockname()[1])
        assert_told(preau("audit-nightly", "--database-url", DATABASES, "--metrics-port", number), number)


@pytest.mark.parametrize("mark", ["/", "?", "#"])
def test_no_part_of_a_password_is_shown(mark: str) -> None:
    assert PASSWORD not in place(f"amqp://someone:12{mark}{PASSWORD}@x:5672/")
    assert place(f"amqp://{USER}@x:5672/") == "x:5672"
