"""What the gateway costs: requests a second through it and directly to the service, at 32 connections.

The service, the gateway and the load (wrk) are processes of their own, as deployed.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager

from measure import compare

from preau.common.embedded.process import free_port
from preau.testing.databases import fresh_database

CONNECTIONS = 32
SECONDS = 3
ENDPOINT = "/public/communes"


@contextmanager
def member(module: str, **settings: str) -> Generator[str]:
    """A member as a process; gives its URL."""
    port = free_port()
    environment = {
        **os.environ,
        "PREAU_ENVIRONMENT": "development",
        "PREAU_LOG_LEVEL": "ERROR",
        "PREAU_PORT": str(port),
        **settings,
    }
    process = subprocess.Popen([sys.executable, "-m", module, "serve"], env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(url)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def wait_until_ready(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2)  # noqa: S310
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{url} does not answer")


def migrate(settings: dict[str, str]) -> None:
    """Make the service's tables, with the demonstration in them."""
    subprocess.run(
        [sys.executable, "-m", "preau.identity", "migrate", "--with-demo-data"],
        env={**os.environ, "PREAU_ENVIRONMENT": "development", **settings},
        check=True,
    )


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


async def main() -> None:
    if not shutil.which("wrk"):
        sys.exit("this bench needs wrk (Debian: apt-get install wrk)")
    async with fresh_database("identity") as database:
        settings = {
            "PREAU_DATABASE_URL": database.url,
            "PREAU_SYSTEM_DATABASE_URL": database.system_url,
            "PREAU_OWNER_DATABASE_URL": database.owner_url,
            "PREAU_BROKER_URL": f"local:{database.owner_url}",
        }
        await asyncio.to_thread(migrate, settings)
        with (
            member("preau.identity", **settings) as service,
            member(
                "preau.gateway",
                PREAU_IDENTITY_URL=service,
                PREAU_ADDRESS_RATE="0",
                PREAU_ACCOUNT_RATE="0",
            ) as gateway,
        ):

            async def ours() -> float:
                return requests_a_second(f"{gateway}/api/public/identity/communes")

            async def reference() -> float:
                return requests_a_second(f"{service}{ENDPOINT}")

            await ours()
            await compare(
                f"gateway requests/s ÷ direct, {CONNECTIONS} connections",
                ours,
                reference,
                floor=0.5,
                aim=0.75,
                unit="rps",
            )


if __name__ == "__main__":
    asyncio.run(main())
