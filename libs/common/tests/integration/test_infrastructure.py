"""What tests stand on, asked for by processes as pytest-xdist has them: one controller, several workers."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from urllib.parse import urlsplit

import pytest

from preau.common.embedded.process import wait_until
from preau.testing import infrastructure, packages
from preau.testing.owner import Owner

WORKER = "from preau.testing.infrastructure import postgres_admin_url; print(postgres_admin_url())"

# Three workers at once, then a fourth after they have ended; says what they were given, then waits.
CONTROLLER = f"""
    import json, os, subprocess, sys, time
    env = {{**os.environ, "PYTEST_XDIST_WORKER": "gw0"}}
    command = [sys.executable, "-c", {WORKER!r}]
    def worker():
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    workers = [worker() for _ in range(3)]
    urls = [process.communicate()[0].strip() for process in workers]
    urls.append(worker().communicate()[0].strip())
    print(json.dumps(urls), flush=True)
    time.sleep(600)
"""


def test_workers_share_one_server_which_ends_with_a_killed_run() -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PREAU_TEST_")}
    controller = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CONTROLLER)],
        stdout=subprocess.PIPE,
        text=True,
        env={**env, "PREAU_TEST_INFRASTRUCTURE": "local"},
    )
    assert controller.stdout is not None
    try:
        urls: list[str] = json.loads(controller.stdout.readline())
        place = Owner.of(controller.pid).folder
        assert len(set(urls)) == 1, urls
        assert listens(urls[0])
        assert place.exists()
    finally:
        controller.send_signal(signal.SIGKILL)
        controller.wait()
        controller.stdout.close()
    assert wait_until(lambda: not listens(urls[0]) and not place.exists(), 10)


def test_a_run_stops_what_it_started_before_it_ends() -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PREAU_TEST_")}
    run = subprocess.run(
        [sys.executable, "-c", WORKER],
        env={**env, "PREAU_TEST_INFRASTRUCTURE": "local", "PYTEST_XDIST_WORKER": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not listens(run.stdout.strip())


def test_a_named_server_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREAU_TEST_POSTGRES_URL", "postgresql://me:secret@db.example/postgres")
    assert infrastructure.postgres_admin_url.__wrapped__() == "postgresql://me:secret@db.example/postgres"


def test_the_owner_is_known_by_more_than_its_number() -> None:
    mine = Owner.of(os.getpid())
    assert mine.alive
    assert not Owner(mine.pid, "1").alive
    waiting = threading.Thread(target=Owner(mine.pid, "1").wait_for_end, daemon=True)
    waiting.start()
    waiting.join(30)
    assert not waiting.is_alive(), "it waits for another process"


def test_what_is_missing_is_told_with_what_to_install() -> None:
    text = packages.advice(["rabbitmq", "chromium"])
    assert "apt-get install rabbitmq-server chromium" in text
    assert "PREAU_TEST_AMQP_URL" in text


def listens(url: str) -> bool:
    address = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((address.hostname or "", address.port or 0)) == 0
