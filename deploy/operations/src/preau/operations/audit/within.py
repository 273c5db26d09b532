"""What must hold inside one service's database: the service's own list, and what all have in common."""

from preau.common.db.driver import Connection
from preau.common.invariants import Invariant, invariants_of
from preau.operations.audit.finding import Finding

SHOWN = 20
"""At most that many findings an invariant: they mostly have one cause."""

OUTBOX = Invariant(
    "events leave the outbox",
    "SELECT routing_key || ' ' || msg_id || coalesce(': ' || last_error, '') FROM outbox ORDER BY id",
)


async def audit_within(service: str, connection: Connection) -> list[Finding]:
    """What breaks an invariant inside one database; ``connection`` sees every commune."""
    findings: list[Finding] = []
    for invariant in (OUTBOX, *invariants_of(service)):
        rows = await connection.fetch(f"{invariant.sql} LIMIT {SHOWN}")
        findings += [Finding(invariant.says, service, row[0]) for row in rows]
    return findings
