"""What an audit is for: a divergence put there by hand is found, and `preau audit` says so."""

import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from preau.common.db.driver import connect
from preau.common.testing.deployment import Deployment
from preau.operations.audit.auditor import look

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
        "I2",
    ),
    Divergence(
        "billing",
        "UPDATE invoice_series SET last = last + 1",
        "UPDATE invoice_series SET last = last - 1",
        "I3 invoice",
    ),
    Divergence(
        "payments",
        "UPDATE receipt_series SET last = last + 1",
        "UPDATE receipt_series SET last = last - 1",
        "I3 receipt",
    ),
    Divergence(
        "billing",
        "UPDATE charge SET invoiced_units = invoiced_units + 1 WHERE invoice_id IS NOT NULL",
        "UPDATE charge SET invoiced_units = invoiced_units - 1 WHERE invoice_id IS NOT NULL",
        "I4 a booking",
    ),
    Divergence(
        "billing",
        "UPDATE payment_effect SET applied_cents = applied_cents + 1",
        "UPDATE payment_effect SET applied_cents = applied_cents - 1",
        "I5",
    ),
    Divergence(
        "payments",
        "UPDATE payment_allocation SET amount_cents = amount_cents + 1",
        "UPDATE payment_allocation SET amount_cents = amount_cents - 1",
        "I6 a payment",
    ),
    Divergence(
        "billing",
        "UPDATE inbox SET consumer = 'nobody' WHERE consumer = 'billing.payments'",
        "UPDATE inbox SET consumer = 'billing.payments' WHERE consumer = 'nobody'",
        "I1",
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
)


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


async def test_the_command_tells_and_fails(
    deployment: Deployment, toured: None, until_sound: Callable[[], Awaitable[None]]
) -> None:
    await until_sound()
    assert preau_audit(deployment) == (0, "Everything holds.")
    await run(deployment, "reservations", "UPDATE slot SET used = used + 1, capacity = capacity + 1")
    status, told = preau_audit(deployment)
    await run(deployment, "reservations", "UPDATE slot SET used = used - 1, capacity = capacity - 1")
    assert status == 1
    assert "I2 places used are the bookings" in told


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
        assert await connection.execute(sql) != "UPDATE 0", f"no row to change: {sql}"
    finally:
        await connection.close()
