"""What must hold between services: every event took effect at each reader, and both sides tell the same."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, NamedTuple

from preau.common.db.driver import Connection
from preau.contracts.topology import QUEUES, Queue
from preau.operations.audit.copies import CHILDREN, COPIED, FAMILIES_KEPT, FAMILIES_TOLD, row_as_text
from preau.operations.audit.finding import Finding
from preau.operations.audit.within import SHOWN

BATCH = 5_000
READ_ONLY: dict[str, Any] = {"isolation": "repeatable_read", "readonly": True}
DELIVERED = "an event takes effect at each of its readers"
SAID = "what a reader took in is in its publisher's log"
DELAY_DAYS = 30
"""An event taken in lately may have been said so long before: it was parked, or its reader away."""


class SameOnBothSides(NamedTuple):
    """Two queries of rows (key, value): each key of the first is at the second, with the same value."""

    says: str
    source: str
    told: str
    reader: str
    heard: str


COPIES = tuple(
    SameOnBothSides(
        f"{copied.table} is known by its readers as it is",
        copied.publisher,
        f"SELECT {copied.key}::text, version || ' ' || {row_as_text(columns)} FROM {copied.table}",  # noqa: S608
        reader,
        f"SELECT {copied.key}::text, version || ' ' || {row_as_text(columns)} FROM {copied.table}_copy",  # noqa: S608
    )
    for copied in COPIED
    for reader, columns in copied.columns.items()
)

PAID = (
    "SELECT cause_id::text, sum(amount_cents)::text FROM posting"
    " WHERE kind = 'payment' AND account = 'cash' GROUP BY 1"
)
"""What payments brought, by the ledger."""
GIVEN_BACK = (
    "SELECT e.payment_id::text, (-sum(p.amount_cents))::text"
    " FROM entry e JOIN posting p USING (cause_id, kind)"
    " WHERE e.kind = 'refund_done' AND p.account = 'cash' GROUP BY 1"
)
"""What went back of payments through their providers, by the ledger."""

SAME: tuple[SameOnBothSides, ...] = (
    *COPIES,
    SameOnBothSides(
        "a child is known to reservations as it is",
        "identity",
        f"SELECT child_id::text, {row_as_text(CHILDREN)} FROM child",  # noqa: S608
        "reservations",
        f"SELECT child_id::text, {row_as_text(CHILDREN)} FROM child_copy",  # noqa: S608
    ),
    SameOnBothSides(
        "billing keeps the family's record as it was told",
        "identity",
        FAMILIES_TOLD,
        "billing",
        FAMILIES_KEPT,
    ),
    SameOnBothSides(
        "attendance is charged for the units that were marked",
        "reservations",
        "SELECT booking_id::text, units || ' units' FROM attendance",
        "billing",
        "SELECT booking_id::text, units || ' units' FROM charge WHERE shared_booking_id IS NULL",
    ),
    SameOnBothSides(
        "a booking is charged by its last state",
        "reservations",
        "SELECT booking_id::text, status || ' v' || version FROM booking",
        "billing",
        "SELECT booking_id::text, status || ' v' || booking_version FROM charge"
        " WHERE shared_booking_id IS NULL",
    ),
    SameOnBothSides(
        "a payment takes effect once, in full",
        "payments",
        "SELECT payment_id::text, coalesce(received_cents, amount_cents)::text FROM payment"
        " WHERE status IN ('settled', 'refunded')",
        "billing",
        PAID,
    ),
    SameOnBothSides(
        "no effect without its payment",
        "billing",
        PAID,
        "payments",
        "SELECT payment_id::text, coalesce(received_cents, amount_cents)::text FROM payment"
        " WHERE status IN ('settled', 'refunded')",
    ),
    SameOnBothSides(
        "what a provider gave back is in the ledger",
        "payments",
        "SELECT payment_id::text, sum(amount_cents)::text FROM refund WHERE status = 'done' GROUP BY 1",
        "billing",
        GIVEN_BACK,
    ),
    SameOnBothSides(
        "what the ledger gave back, a provider gave",
        "billing",
        GIVEN_BACK,
        "payments",
        "SELECT payment_id::text, sum(amount_cents)::text FROM refund WHERE status = 'done' GROUP BY 1",
    ),
    SameOnBothSides(
        "an issued invoice is payable for what is due of it",
        "billing",
        "SELECT invoice_id::text, total_cents || CASE status WHEN 'paid' THEN ' paid'"
        " WHEN 'cancelled' THEN ' cancelled' WHEN 'written_off' THEN ' written_off'"
        " ELSE ' open ' || due_cents END"
        " FROM invoice WHERE status <> 'draft' AND kind <> 'credit_note' AND total_cents > 0",
        "payments",
        "SELECT invoice_id::text, total_cents || CASE status WHEN 'open'"
        " THEN ' open ' || greatest(0, billed_due_cents - paid_cents + received_cents)"
        " ELSE ' ' || status END"
        " FROM payable",
    ),
    SameOnBothSides(
        "an order knows its prepaid invoices",
        "billing",
        "SELECT invoice_id::text, CASE status WHEN 'paid' THEN 'settled' WHEN 'cancelled' THEN 'cancelled'"
        " ELSE 'open' END FROM invoice WHERE kind = 'prepaid' AND status <> 'draft'",
        "reservations",
        "SELECT invoice_id::text, status FROM order_invoice",
    ),
)


async def audit_between(connections: Mapping[str, Connection], days: int) -> list[Finding]:
    """Events of the last ``days`` that a reader has not taken in, and what two services tell differently."""
    findings: list[Finding] = []
    for publisher, connection in connections.items():
        findings += await _undelivered(publisher, connection, connections, days)
    for queue in QUEUES:
        findings += await _unsaid(queue, connections, days)
    for rule in SAME:
        findings += await _differences(rule, connections[rule.source], connections[rule.reader])
    return findings


async def _differences(rule: SameOnBothSides, source: Connection, reader: Connection) -> list[Finding]:
    """Nothing when both sides hold the same by one sum over each; else both are read side by side.

    Each side is sorted once, by its server, and read through a cursor: however many rows, few are held here.
    """
    if await _sum(source, rule.told) == await _sum(reader, rule.heard):
        return []
    findings: list[Finding] = []
    async with source.transaction(**READ_ONLY), reader.transaction(**READ_ONLY):
        heard = _rows(reader, rule.heard)
        there = await anext(heard, None)
        async for key, value in _rows(source, rule.told):
            while there is not None and there[0] < key:
                there = await anext(heard, None)
            known = there[1] if there is not None and there[0] == key else None
            if known != value:
                findings.append(Finding(rule.says, rule.reader, f"{key}: {known} instead of {value}"))
            if len(findings) == SHOWN:
                break
    return findings


async def _sum(connection: Connection, sql: str) -> tuple[int, str]:
    """How many rows, and a sum over their contents that does not depend on their order."""
    content = "hashtextextended(key || ' ' || coalesce(value, ''), 0)"
    row = await connection.fetchrow(
        f"SELECT count(*), coalesce(sum({content}), 0)::text FROM ({sql}) AS side (key, value)"  # noqa: S608
    )
    return row[0], row[1]


async def _rows(connection: Connection, sql: str) -> AsyncGenerator[tuple[str, str]]:
    """Key and value of each row, by key, within the open transaction."""
    cursor = await connection.cursor(
        f'SELECT key, value FROM ({sql}) AS side (key, value) ORDER BY key COLLATE "C"'  # noqa: S608
    )
    while rows := await cursor.fetch(BATCH):
        for key, value in rows:
            yield key, value


async def _unsaid(queue: Queue, connections: Mapping[str, Connection], days: int) -> list[Finding]:
    """What the readers of ``queue`` know and its publishers do not: a database was restored from a dump."""
    publishers = {event.event_type.split(".", 1)[0] for event in queue.events}
    findings: list[Finding] = []
    async with connections[queue.service].transaction():
        cursor = await connections[queue.service].cursor(
            "SELECT msg_id FROM inbox WHERE consumer = $1"
            " AND received_at > clock_timestamp() - make_interval(days => $2)",
            queue.name,
            days,
        )
        while unsaid := {row[0] for row in await cursor.fetch(BATCH)}:
            for publisher in publishers:
                said = await connections[publisher].fetch(
                    "SELECT msg_id FROM event_log WHERE msg_id = ANY ($1::uuid[])"
                    " AND created_at > clock_timestamp() - make_interval(days => $2)",
                    list(unsaid),
                    days + DELAY_DAYS,
                )
                unsaid -= {row[0] for row in said}
            findings += [Finding(SAID, queue.service, f"{queue.name}: {msg_id}") for msg_id in unsaid]
    return sorted(findings)[:SHOWN]


async def _undelivered(
    publisher: str, connection: Connection, connections: Mapping[str, Connection], days: int
) -> list[Finding]:
    findings: list[Finding] = []
    for queue in QUEUES:
        events = [event.full_type() for event in queue.events if event.event_type.startswith(f"{publisher}.")]
        if not events:
            continue
        async with connection.transaction():
            cursor = await connection.cursor(
                "SELECT msg_id, routing_key FROM event_log WHERE routing_key = ANY ($1::text[])"
                " AND created_at > clock_timestamp() - make_interval(days => $2)",
                events,
                days,
            )
            while batch := dict(await cursor.fetch(BATCH)):
                missing = await connections[queue.service].fetch(
                    "SELECT unnest($1::uuid[]) EXCEPT SELECT msg_id FROM inbox WHERE consumer = $2",
                    list(batch),
                    queue.name,
                )
                findings += [
                    Finding(DELIVERED, queue.service, f"{queue.name}: {batch[row[0]]} {row[0]}")
                    for row in missing
                ]
    return sorted(findings)[:SHOWN]
