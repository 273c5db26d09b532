"""A history that the former version wrote, after the migration: one ledger that tells families the same."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from preau.billing.invariants import INVARIANTS
from preau.common.db.driver import Connection, connect
from preau.common.db.migrations import migrate
from preau.common.db.provision import drop, provision
from preau.common.ids import new_id
from preau.testing.databases import PASSWORDS
from preau.testing.infrastructure import postgres_admin_url

COMMUNE, MEAL, REGIE = new_id(), new_id(), new_id()
AGENT = new_id()
DAY = date(2026, 3, 2)


class Former:
    """Writes what the former version wrote."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.number = 0

    async def invoice(self, family: UUID, total: int, status: str, paid: int, **more: Any) -> UUID:
        invoice_id, booking = new_id(), more.pop("booking", new_id())
        kind = more.pop("kind", "month_end" if total >= 0 else "complement")
        await self.connection.execute(
            "INSERT INTO charge (booking_id, commune_id, booking_version, family_id, child_id, activity_id,"
            " service_date, status, payment_mode, units) VALUES ($1, $2, 1, $3, $3, $4, $5, 'confirmed',"
            " 'month_end', 1) ON CONFLICT DO NOTHING",
            *(booking, COMMUNE, family, MEAL, DAY),
        )
        await self.connection.execute(
            "INSERT INTO invoice (invoice_id, commune_id, regie_id, regie_label, family_id, kind, period,"
            " status, total_cents, cancels_invoice_id, addressee, issuer)"
            " VALUES ($1, $2, $3, 'Cantine', $4, $5, $6,"
            " 'draft', $7, $8, '{}', '{}')",
            *(invoice_id, COMMUNE, REGIE, family, kind, more.get("period", "2026-03")),
            *(total, more.get("cancels")),
        )
        await self.connection.execute(
            "INSERT INTO invoice_line VALUES ($1, $2, $3, 1, $4, 'Zoé', $5, 'Repas', 'Repas', $8, $6, $7, '',"
            " $9, $4, $10, $10, $11, ARRAY[$10::date], ARRAY[$8::integer], ARRAY[$7::integer])",
            *(new_id(), COMMUNE, invoice_id, family, MEAL, abs(total), total, -1 if total < 0 else 1),
            *("charge", DAY, [booking]),
        )
        self.number += 1
        await self.connection.execute(
            "UPDATE invoice SET status = $2, paid_cents = $3, number = $4, series_year = 2026,"
            " series_number = $5, issued_on = $6, due_date = $6 WHERE invoice_id = $1",
            *(invoice_id, status, paid, f"RS-2026-{self.number:06d}", self.number, date(2026, 4, 1)),
        )
        return invoice_id

    async def payment(
        self, family: UUID, invoice_id: UUID, applied: int, credited: int = 0, refunded: int = 0
    ) -> UUID:
        payment_id = new_id()
        await self.connection.execute(
            "INSERT INTO payment_effect VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            *(payment_id, invoice_id, COMMUNE, family, applied, credited, refunded),
            datetime(2026, 4, 2, tzinfo=UTC),
        )
        return payment_id

    async def credit(self, family: UUID, invoice_id: UUID, cents: int, **more: Any) -> None:
        handled = None if more.get("status", "open") == "open" else datetime(2026, 4, 3, tzinfo=UTC)
        await self.connection.execute(
            "INSERT INTO family_credit VALUES ($1, $2, $3, $4, $5, $6, $7, 'x', '', $8, $9, $9, $10, $11)",
            *(new_id(), COMMUNE, family, REGIE, invoice_id, more.get("payment"), cents),
            *(more.get("status", "open"), handled or datetime(2026, 4, 2, tzinfo=UTC)),
            *(more.get("by"), more.get("note", "")),
        )


@pytest.fixture
async def owner_url() -> AsyncIterator[str]:
    """The owner's address of a database that the former version migrated."""
    name = f"billing_former_{new_id().hex[-12:]}"
    made = await provision(postgres_admin_url(), name, PASSWORDS)
    await migrate("billing", made.owner_url, revision="0005")
    yield made.owner_url
    await drop(postgres_admin_url(), [name])


async def _cancelled(former: Former, family: UUID, total: int, paid: int) -> UUID:
    booking = new_id()
    invoice_id = await former.invoice(family, total, "cancelled", paid, booking=booking)
    await former.invoice(
        family, -total, "paid", -total, kind="credit_note", cancels=invoice_id, booking=booking
    )
    return invoice_id


async def test_a_history_is_told_the_same(owner_url: str):
    connection = await connect(owner_url)
    try:
        expected = await _write(Former(connection))
        await migrate("billing", owner_url)
        dues = await connection.fetch("SELECT family_id, sum(due_cents) AS due FROM invoice GROUP BY 1")
        credits = await connection.fetch("SELECT family_id, credit_cents FROM family_account")
        owed = {row["family_id"]: row["credit_cents"] for row in credits}
        told = {row["family_id"]: (row["due"], owed.get(row["family_id"], 0)) for row in dues}
        assert told == expected
        breaches = [
            f"{invariant.says}: {row[0]}"
            for invariant in INVARIANTS
            for row in await connection.fetch(invariant.sql)
        ]
        assert breaches == []
    finally:
        await connection.close()


async def _write(former: Former) -> dict[UUID, tuple[int, int]]:
    """A family for each thing that may have happened; what each owes, and is owed, in cents."""
    await former.connection.execute(
        "INSERT INTO regie VALUES ($1, $2, 'RS', 'Cantine', 30, 'RS', 1)", *(REGIE, COMMUNE)
    )
    part, too_much, part_refunded, by_hand, in_favour, voided, gesture, refunded, nought = (
        new_id() for _ in range(9)
    )
    invoice = await former.invoice(part, 520, "partly_paid", 300)
    await former.payment(part, invoice, 300)

    invoice = await former.invoice(too_much, 260, "paid", 260)
    payment = await former.payment(too_much, invoice, 260, 40)
    await former.credit(too_much, invoice, 40, payment=payment)

    invoice = await _cancelled(former, part_refunded, 750, 750)
    await former.payment(part_refunded, invoice, 300, refunded=300)
    await former.payment(part_refunded, invoice, 450)
    await former.credit(part_refunded, invoice, 750)

    invoice = await _cancelled(former, by_hand, 500, 500)
    await former.payment(by_hand, invoice, 500)
    await former.credit(by_hand, invoice, 500, status="handled", by=AGENT, note="Virement")

    booking = new_id()
    await former.invoice(in_favour, 520, "issued", 0, booking=booking)
    invoice = await former.invoice(in_favour, -260, "paid", -260, booking=booking)
    await former.credit(in_favour, invoice, 260)

    first = new_id()
    await former.invoice(voided, 100, "issued", 0, booking=first)
    invoice = await former.invoice(voided, -100, "cancelled", -100, booking=first)
    await former.invoice(voided, 100, "paid", 100, kind="credit_note", cancels=invoice, booking=first)
    await former.credit(voided, invoice, 100, status="handled", note="Annulé avec sa facture.")

    invoice = await former.invoice(gesture, 200, "paid", 200)
    await former.payment(gesture, invoice, 200, refunded=200)

    invoice = await _cancelled(former, refunded, 750, 750)
    await former.payment(refunded, invoice, 750, refunded=750)
    note = "Remboursé par le prestataire de paiement."
    await former.credit(refunded, invoice, 750, status="handled", note=note)

    await former.invoice(nought, 0, "paid", 0)
    await former.connection.execute(
        "INSERT INTO invoice_series VALUES ($1, 2026, $2, $3)", *(REGIE, COMMUNE, former.number)
    )
    return {
        part: (220, 0),
        too_much: (0, 40),
        part_refunded: (0, 450),
        by_hand: (0, 0),
        in_favour: (520, 260),
        voided: (100, 0),
        gesture: (0, 0),
        refunded: (0, 0),
        nought: (0, 0),
    }


async def test_a_month_that_counted_each_booking_says_so(owner_url: str):
    """A price a month is due once it is begun since; tariffs and runs that stand keep what they ask."""
    connection = await connect(owner_url)
    stated = {"quantity": {"kind": "month"}, "rows": [{"price": {"kind": "flat", "amount_cents": 900}}]}
    frozen = {str(MEAL): [{"effective_from": "2025-09-01", "definition": stated}]}
    try:
        await migrate("billing", owner_url, revision="0007")
        await connection.execute(
            "INSERT INTO tariff (tariff_id, commune_id, activity_id, effective_from, definition)"
            " VALUES ($1, $2, $3, '2025-09-01', $4)",
            *(new_id(), COMMUNE, MEAL, json.dumps(stated)),
        )
        await connection.execute(
            "INSERT INTO regie VALUES ($1, $2, 'RS', 'Cantine', 30, 'RS', 1)", *(REGIE, COMMUNE)
        )
        await connection.execute(
            "INSERT INTO billing_run (run_id, commune_id, regie_id, period, kind, sequence, status, tariffs,"
            " chunks_total) VALUES ($1, $2, $3, '2026-03', 'month_end', 1, 'computed', $4, 0)",
            *(new_id(), COMMUNE, REGIE, json.dumps(frozen)),
        )
        await migrate("billing", owner_url)
        kept = json.loads(await connection.fetchval("SELECT definition::text FROM tariff"))
        run = json.loads(await connection.fetchval("SELECT tariffs::text FROM billing_run"))
        expected = stated | {"quantity": {"kind": "booking"}}
        assert (kept, run[str(MEAL)][0]["definition"]) == (expected, expected)
    finally:
        await connection.close()
