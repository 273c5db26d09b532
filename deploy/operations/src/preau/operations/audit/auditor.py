"""The audit as a whole, and telling a breach from something on its way."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from preau.common.db.driver import Connection, connect
from preau.common.messaging.broker import QueueDepth
from preau.contracts.topology import QUEUES
from preau.operations.audit.between import audit_between
from preau.operations.audit.finding import Finding
from preau.operations.audit.growth import (
    Marks,
    audit_growth,
    measure,
    read_marks,
    shrunk_logs,
    write_marks,
)
from preau.operations.audit.within import audit_within
from preau.operations.reaching import connected_broker, reaching
from preau.operations.services import SERVICES

PARKED = "no message is parked"


async def look(
    urls: Mapping[str, str], broker_url: str = "", *, days: int = 2, marks: Marks | None = None
) -> list[Finding]:
    """One look at the database of each service (``urls`` by its name) and, with ``broker_url``, the queues.

    ``marks`` tell what the logs held before. What is on its way between services is found too: only what a
    second look still finds is a breach.
    """
    async with connected(urls) as connections:
        findings = await audit_between(connections, days)
        for service, connection in connections.items():
            findings += await audit_within(service, connection)
        findings += await audit_growth(connections, marks or {})
    if broker_url:
        findings += [
            Finding(PARKED, depth.name.split(".", 1)[0], f"{depth.name}: {depth.parked} parked")
            for depth in await queue_depths(broker_url)
            if depth.parked
        ]
    return findings


async def audit(
    urls: Mapping[str, str],
    broker_url: str = "",
    *,
    days: int = 2,
    patience_seconds: float = 60,
    marks_file: Path | None = None,
    waiting: Callable[[int], None] | None = None,
) -> list[Finding]:
    """What is found now and each time again until ``patience_seconds`` have passed; at once if nothing.

    ``waiting`` is told once how many may be on their way.

    With ``marks_file`` the logs are compared with what the last audit counted there, and counted anew; a log
    that lost something keeps its old mark, until somebody takes it out of the file.
    """
    marks = read_marks(marks_file) if marks_file else {}
    found = await look(urls, broker_url, days=days, marks=marks)
    give_up_at = asyncio.get_running_loop().time() + patience_seconds
    if found and patience_seconds > 0 and waiting is not None:
        waiting(len(found))
    while found and (left := give_up_at - asyncio.get_running_loop().time()) > 0:
        await asyncio.sleep(min(left, max(0.2, patience_seconds / 60)))
        again = set(await look(urls, broker_url, days=days, marks=marks))
        found = [finding for finding in found if finding in again]
    if marks_file:
        async with connected(urls) as connections:
            fresh = await measure(connections)
        write_marks(marks_file, fresh | {name: marks[name] for name in shrunk_logs(found)})
    return found


@asynccontextmanager
async def connected(urls: Mapping[str, str]) -> AsyncGenerator[dict[str, Connection]]:
    """A connection to each service's database, by its name."""
    async with AsyncExitStack() as stack:
        connections: dict[str, Connection] = {}
        for service in SERVICES:
            with reaching(f"the database of {service}", urls[service]):
                connections[service] = await connect(
                    urls[service],
                    timeout=10,
                    server_settings={"application_name": "preau-audit", "timezone": "UTC"},
                )
            stack.push_async_callback(connections[service].close)
        yield connections


async def queue_depths(broker_url: str) -> list[QueueDepth]:
    """How full each queue of the topology is; the queues must be there."""
    async with connected_broker(broker_url, name="preau-audit") as broker:
        return list(await broker.depths([queue.name for queue in QUEUES]))
