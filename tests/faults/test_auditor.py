"""What an audit is for: a divergence put there by hand is found, and `preau audit` says so."""

import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from preau.common.db.driver import connect
from preau.operations.audit.auditor import audit, connected, look
from preau.operations.audit.growth import GROWS, audit_growth, measure, read_marks, write_marks
from preau.testing.deployment import Deployment

pytestmark = pytest.mark.fault
PREAU = Path(sys.executable).with_name("preau")


class Divergence(NamedTuple):
    """What is done to a service's database, how it is undone, and the rule that finds it."""

    service: str
    change: str
    undo: str
    rule: str


DIVERGENCES = (
    Divergence(
        "reservations",
        "UPDATE slot SET used = used + 1, capacity = capacity + 1",
        "UPDATE slot SET used = used - 1, capacity = capacity - 1",
        "places used are the bookings",
    ),
    Divergence(
        "billing",
        "UPDATE invoice_series SET last = last + 1",
        "UPDATE invoice_series SET last = last - 1",
        "invoice numbers",
    ),
    Divergence(
        "payments",
        "UPDATE receipt_series SET last = last + 1",
        "UPDATE receipt_series SET last = last - 1",
        "receipt numbers",
    ),
    Divergence(
        "billing",
        "UPDATE charge SET family_id = child_id, child_id = family_id",
        "UPDATE charge SET family_id = child_id, child_id = family_id",
        "what is billed is a charge",
    ),
    Divergence(
        "billing",
        "UPDATE posting SET amount_cents = amount_cents + 1 WHERE account = 'receivable' AND position = 0",
        "UPDATE posting SET amount_cents = amount_cents - 1 WHERE account = 'receivable' AND position = 0",
        "the postings of an entry sum to zero",
    ),
    Divergence(
        "payments",
        "UPDATE payment SET received_cents = received_cents + 1",
        "UPDATE payment SET received_cents = received_cents - 1",
        "a payment takes effect",
    ),
    Divergence(
        "billing",
        "UPDATE inbox SET consumer = 'nobody' WHERE consumer = 'billing.payments'",
        "UPDATE inbox SET consumer = 'billing.payments' WHERE consumer = 'nobody'",
        "an event takes effect",
    ),
    Divergence(
        "billing",
        "UPDATE charge SET booking_version = booking_version - 1",
        "UPDATE charge SET booking_version = booking_version + 1",
        "a booking is charged",
    ),
    Divergence(
        "payments",
        "UPDATE payable SET total_cents = total_cents + 1",
        "UPDATE payable SET total_cents = total_cents - 1",
        "an issued invoice",
    ),
    Divergence(
        "requests",
        "UPDATE family_copy SET version = version - 1",
        "UPDATE family_copy SET version = version + 1",
        "family is known",
    ),
    Divergence(
        "requests",
        "UPDATE request SET status = 'withdrawn' WHERE status = 'accepted'",
        "UPDATE request SET status = 'accepted' WHERE status = 'withdrawn'",
        "a request's history",
    ),
    Divergence(
        "billing",
        "UPDATE charge SET units = units + 1 WHERE status = 'attended'",
        "UPDATE charge SET units = units - 1 WHERE status = 'attended'",
        "attendance is charged",
    ),
    Divergence(
        "payments",
        "UPDATE commune_copy SET time_zone = 'UTC'",
        "UPDATE commune_copy SET time_zone = 'Europe/Paris'",
        "commune is known",
    ),
    Divergence(
        "billing",
        "UPDATE family_copy SET label = label || ' *'",
        "UPDATE family_copy SET label = rtrim(label, ' *')",
        "family is known",
    ),
    Divergence(
        "billing",
        "UPDATE family_copy SET record = jsonb_set(record, '{residency}', '\"abroad\"')"
        " WHERE record ->> 'residency' = 'resident'",
        "UPDATE family_copy SET record = jsonb_set(record, '{residency}', '\"resident\"')"
        " WHERE record ->> 'residency' = 'abroad'",
        "billing keeps the family's record",
    ),
    Divergence(
        "billing",
        "UPDATE activity_copy SET label = label || ' *'",
        "UPDATE activity_copy SET label = rtrim(label, ' *')",
        "activity is known",
    ),
    Divergence(
        "reservations",
        "UPDATE child_copy SET birth_date = birth_date + 1",
        "UPDATE child_copy SET birth_date = birth_date - 1",
        "a child is known",
    ),
    Divergence(
        "payments",
        "UPDATE receipt SET number = replace(number, '-0', '-9')",
        "UPDATE receipt SET number = replace(number, '-9', '-0')",
        "receipt numbers",
    ),
    Divergence(
        "payments",
        "UPDATE receipt SET number = replace(number, '-Q', '-R')",
        "UPDATE receipt SET number = replace(number, '-R', '-Q')",
        "a receipt has the number",
    ),
    Divergence(
        "requests",
        "UPDATE document_usage SET used_bytes = used_bytes - 1",
        "UPDATE document_usage SET used_bytes = used_bytes + 1",
        "the room that",
    ),
    Divergence(
        "billing",
        "UPDATE family_account SET credit_cents = credit_cents + 500",
        "UPDATE family_account SET credit_cents = credit_cents - 500",
        "what a family is owed",
    ),
    Divergence(
        "billing",
        "UPDATE invoice SET due_cents = due_cents + 1 WHERE status <> 'draft'",
        "UPDATE invoice SET due_cents = due_cents - 1 WHERE status <> 'draft'",
        "what is due of an invoice",
    ),
    Divergence(
        "payments",
        "UPDATE payable SET status = 'open', billed_due_cents = total_cents + paid_cents + 7"
        " WHERE status = 'paid'",
        "UPDATE payable SET status = 'paid', billed_due_cents = total_cents"
        " WHERE billed_due_cents = total_cents + paid_cents + 7",
        "an issued invoice is payable",
    ),
    Divergence(
        "identity",
        "CREATE TABLE kept AS SELECT * FROM event_log; DELETE FROM event_log",
        "INSERT INTO event_log SELECT * FROM kept; DROP TABLE kept",
        "what a reader took in",
    ),
)

ON_LOGS = (
    Divergence(
        "identity",
        "CREATE TABLE kept AS SELECT * FROM audit_log; DELETE FROM audit_log",
        "INSERT INTO audit_log SELECT * FROM kept; DROP TABLE kept",
        "audit_log",
    ),
    Divergence(
        "reservations",
        "UPDATE audit_log SET agent_id = commune_id, correlation_id = agent_id::text",
        "UPDATE audit_log SET agent_id = correlation_id::uuid",
        "audit_log",
    ),
    Divergence(
        "payments",
        "CREATE TABLE kept AS SELECT * FROM event_log; DELETE FROM event_log",
        "INSERT INTO event_log SELECT * FROM kept; DROP TABLE kept",
        "event_log",
    ),
)
"""What only a comparison with the audit before can find."""


async def test_each_divergence_is_found(
    deployment: Deployment, toured: None, until_sound: Callable[[], Awaitable[None]]
) -> None:
    await until_sound()
    for divergence in DIVERGENCES:
        await run(deployment, divergence.service, divergence.change)
        found = await look(deployment.database_urls)
        await run(deployment, divergence.service, divergence.undo)
        rules = {finding.rule for finding in found}
        assert any(rule.startswith(divergence.rule) for rule in rules), f"{divergence}: {rules}"
    assert await look(deployment.database_urls, deployment.operations_broker_url) == []


async def test_a_log_that_lost_or_changed_something_is_found(
    deployment: Deployment,
    toured: None,
    until_sound: Callable[[], Awaitable[None]],
) -> None:
    await until_sound()
    async with connected(deployment.database_urls) as connections:
        marks = await measure(connections, datetime.now(UTC) + timedelta(minutes=1))
        assert await audit_growth(connections, marks) == []
        assert all(mark.rows for name, mark in marks.items() if name.endswith("event_log")), marks
        for divergence in ON_LOGS:
            await run(deployment, divergence.service, divergence.change)
            found = await audit_growth(connections, marks)
            await run(deployment, divergence.service, divergence.undo)
            [finding] = found
            assert finding.service == divergence.service
            assert finding.what.startswith(divergence.rule), found
        assert await audit_growth(connections, marks) == []


async def test_the_marks_are_kept_and_one_that_alarms_stays(
    deployment: Deployment, toured: None, until_sound: Callable[[], Awaitable[None]], tmp_path: Path
) -> None:
    await until_sound()
    marks_file = tmp_path / "marks.json"

    async def findings() -> list[str]:
        found = await audit(deployment.database_urls, patience_seconds=0, marks_file=marks_file)
        return [finding.rule for finding in found]

    assert await findings() == []
    kept = read_marks(marks_file)["identity.audit_log"]
    write_marks(marks_file, {"identity.audit_log": kept._replace(rows=kept.rows + 1)})
    assert await findings() == [GROWS]
    assert await findings() == [GROWS], "the alarm went off by itself"
    assert len(read_marks(marks_file)) == 10


async def test_the_command_tells_and_fails(
    deployment: Deployment, toured: None, until_sound: Callable[[], Awaitable[None]]
) -> None:
    await until_sound()
    assert preau_audit(deployment) == (0, "Everything holds.")
    await run(deployment, "reservations", "UPDATE slot SET used = used + 1, capacity = capacity + 1")
    status, told = preau_audit(deployment)
    await run(deployment, "reservations", "UPDATE slot SET used = used - 1, capacity = capacity - 1")
    assert status == 1
    assert "places used are the bookings" in told


def preau_audit(deployment: Deployment) -> tuple[int, str]:
    """Status and output of the command, as an operator has it run at night."""
    place = f"127.0.0.1:{deployment.postgres.port}/preau_{{service}}"
    answer = subprocess.run(
        [PREAU, "audit", "--patience", "1"],
        env={
            "PREAU_AUDIT_DATABASE_URL": f"postgresql://preau_{{service}}_audit:{deployment.audit_password}@{place}",
            "PREAU_BROKER_URL": deployment.operations_broker_url,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return answer.returncode, (answer.stdout + answer.stderr).strip()


async def run(deployment: Deployment, service: str, sql: str) -> None:
    connection = await connect(deployment.postgres.url(f"preau_{service}"))
    try:
        await connection.execute("SET session_replication_role = replica")  # past every guard of the tables
        done = await connection.execute(sql)
        assert done not in {"UPDATE 0", "DELETE 0", "INSERT 0 0"}, f"no row to change: {sql}"
    finally:
        await connection.close()
