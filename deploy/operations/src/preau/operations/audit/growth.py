"""Logs only grow: what one audit counted in them, the next must find again, row by row.

Privileges keep the services from changing a log; this finds what somebody with more rights did. The marks are
kept beside the audit, not in what it audits.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from preau.common.db.driver import Connection
from preau.operations.audit.finding import Finding

GROWS = "a log only grows"
SETTLED = timedelta(minutes=1)
"""Rows younger than that may belong to a transaction that is not over."""
KEPT = timedelta(days=330)
"""Retention drops no month of the event log that is younger than a year."""

LOGS = {
    "audit_log": (
        "recorded_at",
        "(id, commune_id, agent_id, action, entity_id, before, after, recorded_at)",
    ),
    "event_log": (
        "created_at",
        "(msg_id, commune_id, aggregate_id, aggregate_version, routing_key, payload, created_at)",
    ),
}
"""When a row was written, and its content."""


class Mark(NamedTuple):
    """What a log held between two instants: how many rows, and a sum over their contents."""

    since: str
    until: str
    rows: int
    digest: str


Marks = dict[str, Mark]
"""By ``<service>.<log>``."""


def read_marks(path: Path) -> Marks:
    """The marks of the last audit; none before the first. Raises ``ValueError`` for a damaged file."""
    if not path.exists():
        return {}
    return {name: Mark(*values) for name, values in json.loads(path.read_text()).items()}


def write_marks(path: Path, marks: Marks) -> None:
    """Keep the marks, in one step."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(marks, indent=1))
    fresh.replace(path)


async def measure(connections: Mapping[str, Connection], now: datetime | None = None) -> Marks:
    """What the logs hold now."""
    until = (now or datetime.now(UTC)) - SETTLED
    since = until - KEPT
    return {
        f"{service}.{log}": Mark(
            since.isoformat(), until.isoformat(), *(await _sum(connection, log, since, until))
        )
        for service, connection in connections.items()
        for log in LOGS
    }


async def audit_growth(connections: Mapping[str, Connection], marks: Marks) -> list[Finding]:
    """Logs that no longer hold what they held when they were marked."""
    findings: list[Finding] = []
    for name, mark in sorted(marks.items()):
        service, log = name.split(".")
        since, until = datetime.fromisoformat(mark.since), datetime.fromisoformat(mark.until)
        if until < datetime.now(UTC) - timedelta(days=30):
            continue  # too old: months may have been dropped meanwhile
        rows, digest = await _sum(connections[service], log, since, until)
        if (rows, digest) != (mark.rows, mark.digest):
            changed = f"{mark.rows} rows until {mark.until}, now {rows}"
            if rows == mark.rows:
                changed = f"rows until {mark.until} are not what they were"
            findings.append(Finding(GROWS, service, f"{log}: {changed}"))
    return findings


def shrunk_logs(findings: Iterable[Finding]) -> set[str]:
    """``<service>.<log>`` of those that lost something."""
    return {
        f"{finding.service}.{finding.what.split(':')[0]}" for finding in findings if finding.rule == GROWS
    }


async def _sum(connection: Connection, log: str, since: datetime, until: datetime) -> tuple[int, str]:
    written_at, content = LOGS[log]
    row = await connection.fetchrow(
        f"SELECT count(*), coalesce(sum(hashtextextended({content}::text, 0)), 0)::text FROM {log}"  # noqa: S608
        f" WHERE {written_at} > $1 AND {written_at} <= $2",
        since,
        until,
    )
    return row[0], row[1]
