"""The standalone as its user starts it: `preau run`, Ctrl-C, a crash, and again with the same data."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from preau.common.embedded.process import ends_within, free_port, wait_until
from preau.identity.demo import DEMO_PASSWORD
from preau.operations.tour.calendar_days import today
from preau.testing.scratch import scratch_folder

ADMIN = "admin@jolieville.example"
PREAU = Path(sys.executable).with_name("preau")
READY_WITHIN_SECONDS = 120
ENDS_WITHIN_SECONDS = 20


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with scratch_folder() as folder:
        yield folder / "data"


def test_killed_it_goes_on_with_its_data_and_stopped_it_ends_in_order(data: Path) -> None:
    """The numbers go on where the first tour ended: the data are those of before, and sound."""
    with running(data) as (preau, url):
        travel(url)
        preau.kill()
        preau.wait()
        assert wait_until(lambda: not living_on(data), ENDS_WITHIN_SECONDS), living_on(data)
    with running(data) as (preau, url):
        assert "RS-2026-000001" not in (told := travel(url)), "the second start forgot the first invoices"
        assert "All of it holds" in told
        billed = bill(url, "RS")
        assert billed.returncode == 0 and "families, " in billed.stdout, billed.stdout + billed.stderr
        unknown = bill(url, "XX")
        assert unknown.returncode == 1 and "RS (" in unknown.stderr, unknown.stderr
        audit(data)
        preau.send_signal(signal.SIGINT)
        assert ends_within(preau, ENDS_WITHIN_SECONDS)
        assert preau.returncode == 0, output(data)
    assert "Stopped in order" in output(data)
    assert living_on(data) == []


@contextmanager
def running(data: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """`preau run` on that folder, ready; killed at the end if the test has not."""
    port = free_port()
    log = data.parent / "preau.log"
    began = time.monotonic()
    with log.open("wb") as written:
        preau = subprocess.Popen(
            [PREAU, "run", "--data", data, "--port", str(port)], stdout=written, stderr=subprocess.STDOUT
        )
    try:
        wait_until(lambda: answers(port) or preau.poll() is not None, READY_WITHIN_SECONDS)
        assert answers(port), output(data)
        print(f"answers after {time.monotonic() - began:.1f} s")
        yield preau, f"http://localhost:{port}"
    finally:
        preau.kill()
        preau.wait()
        assert wait_until(lambda: not living_on(data), ENDS_WITHIN_SECONDS)


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def output(data: Path) -> str:
    return (data.parent / "preau.log").read_text()


def travel(url: str) -> str:
    """`preau tour`, which must succeed; what it told."""
    tour = subprocess.run(
        [PREAU, "tour", "--url", url], capture_output=True, text=True, timeout=180, check=False
    )
    assert tour.returncode == 0, tour.stdout + tour.stderr
    return tour.stdout


def bill(url: str, regie: str) -> subprocess.CompletedProcess[str]:
    """`preau billing run` of this month, as far as a preview."""
    asked = ["--url", url, "--regie", regie, "--period", f"{today():%Y-%m}", "--email", ADMIN]
    return subprocess.run(
        [PREAU, "billing", "run", *asked],
        env={**os.environ, "PREAU_AGENT_PASSWORD": DEMO_PASSWORD},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def audit(data: Path) -> None:
    """`preau audit`, which must find nothing."""
    name, _, urls = (data / "audit.env").read_text().strip().partition("=")
    found = subprocess.run(
        [PREAU, "audit"], env={**os.environ, name: urls}, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


def living_on(data: Path) -> list[str]:
    """The command lines of the processes that work on the folder."""
    found: list[str] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                where = str((entry / "cwd").readlink())
            except OSError:  # ended meanwhile
                continue
            if str(data.resolve()) in command or where.startswith(str(data.resolve())):
                found.append(command)
    return found
