"""What is measured runs in processes of its own, as deployed: our members, plain applications, the load."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from preau.common.embedded.process import free_port
from preau.testing.deployment import Member

SELDOM = {"topology_check_seconds": "60"}
MEMBERS = (
    Member("identity", settings=SELDOM),
    Member("reservations", settings=SELDOM),
    Member("billing", settings=SELDOM),
    Member("payments", settings={**SELDOM, "sandbox_hooks_url": "{gateway}/hooks/payments"}),
    Member("requests", settings={**SELDOM, "documents_url": "file:{folder}/documents"}),
)
GATEWAY = {"sign_in_rate": "0", "address_rate": "0"}  # all comes from one address
PARENTS = ("parent", "minh.nguyen", "aissata.diallo", "julien.martin")
"""Of the demonstration."""
CLIENTS = 8
"""Parents at once."""

CONNECTIONS = 32
SECONDS = 3
FOLDER = Path(__file__).parent
COMMANDS = {
    "bounded": ["-c", "import plain_app; plain_app.serve({port})"],
    "uvicorn": ["-m", "uvicorn", "--http=httptools", "--port={port}", "{app}"],
    "uvicorn-h11": ["-m", "uvicorn", "--http=h11", "--port={port}", "{app}"],
    "hypercorn": ["-m", "hypercorn", "--worker-class=uvloop", "--bind=127.0.0.1:{port}", "{app}"],
    "granian": ["-m", "granian", "--interface=asgi", "--loop=uvloop", "--port={port}", "{app}"],
}
QUIET = {
    "uvicorn": ["--log-level=error", "--no-access-log"],
    "uvicorn-h11": ["--log-level=error", "--no-access-log"],
    "granian": ["--no-access-log", "--log-level=error"],
}


@contextmanager
def _process(command: list[str], port: int, **settings: str) -> Generator[str]:
    environment = {**os.environ, "PREAU_PORT": str(port), **settings}
    process = subprocess.Popen([sys.executable, *command], env=environment, cwd=FOLDER)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(url)
        yield url
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def member(module: str, **settings: str) -> Generator[str]:
    """A member of ours; gives its URL."""
    ours = {"PREAU_ENVIRONMENT": "development", "PREAU_LOG_LEVEL": "ERROR", **settings}
    with _process(["-m", module, "serve"], free_port(), **ours) as url:
        yield url


@contextmanager
def plain(server: str, app: str = "plain_app", **settings: str) -> Generator[str]:
    """An application of this folder under a server as it comes; gives its URL."""
    port = free_port()
    command = [part.format(port=port, app=f"{app}:app") for part in COMMANDS[server] + QUIET.get(server, [])]
    with _process(command, port, **settings) as url:
        yield url


def wait_until_ready(url: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2)  # noqa: S310
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{url} does not answer")


def requests_a_second(url: str) -> float:
    result = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", url],
        capture_output=True,
        text=True,
        check=True,
    )
    if "Non-2xx" in result.stdout:
        raise RuntimeError(result.stdout)
    found = re.search(r"Requests/sec:\s+([\d.]+)", result.stdout)
    assert found
    return float(found.group(1))
