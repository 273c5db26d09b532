"""What the server's bounds cost: requests a second of a plain application, against uvicorn as it comes.

Others are measured too when they are named and installed: `bench_server.py granian hypercorn uvicorn-h11`.
"""

import asyncio
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench_gateway import requests_a_second, wait_until_ready
from measure import compare

from preau.common.embedded.process import free_port

FOLDER = Path(__file__).parent
COMMANDS = {
    "bounded": ["-c", "import plain_app; plain_app.serve({port})"],
    "uvicorn": ["-m", "uvicorn", "--http=httptools", "--port={port}", "plain_app:app"],
    "uvicorn-h11": ["-m", "uvicorn", "--http=h11", "--port={port}", "plain_app:app"],
    "hypercorn": ["-m", "hypercorn", "--worker-class=uvloop", "--bind=127.0.0.1:{port}", "plain_app:app"],
    "granian": ["-m", "granian", "--interface=asgi", "--loop=uvloop", "--port={port}", "plain_app:app"],
}
QUIET = {
    "uvicorn": ["--log-level=error", "--no-access-log"],
    "uvicorn-h11": ["--log-level=error", "--no-access-log"],
    "granian": ["--no-access-log", "--log-level=error"],
}


@contextmanager
def running(server: str) -> Generator[str]:
    """A server as a process; gives its URL."""
    port = free_port()
    command = [part.replace("{port}", str(port)) for part in COMMANDS[server] + QUIET.get(server, [])]
    process = subprocess.Popen([sys.executable, *command], cwd=FOLDER)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(url)
        yield url
    finally:
        process.terminate()
        process.wait(30)


async def main(others: Sequence[str]) -> None:
    with ExitStack() as stack:
        reference = stack.enter_context(running("uvicorn"))
        for server in ("bounded", *others):
            url = stack.enter_context(running(server))

            async def ours(url: str = url) -> float:
                return requests_a_second(f"{url}/")

            async def plain() -> float:
                return requests_a_second(f"{reference}/")

            name = f"{server} requests/s ÷ uvicorn with httptools"
            await compare(name, ours, plain, floor=0.9 if server == "bounded" else 0, aim=1, unit="rps")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
