"""SQL of invoices: reading, numbering, changing their status."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from preau.billing.invoices.domain import Kind
from preau.billing.invoices.lifecycle import LIVE, Status
from preau.billing.invoices.tables import Invoice, InvoiceLine
from preau.common.db.database import hot
from preau.common.db.driver import Statement
from preau.common.money import Cents

_TAKE_NUMBERS = text("""
INSERT INTO invoice_series (regie_id, year, commune_id, last) VALUES (:regie_id, :year, :commune_id, :count)
ON CONFLICT (regie_id, year) DO UPDATE SET last = invoice_series.last + excluded.last RETURNING last
""")
_NUMBER = Statement("""
UPDATE invoice i SET status = CAST(:status AS text), number = n.number, series_year = CAST(:year AS integer),
    series_number = n.position, issued_on = CAST(:issued_on AS date), due_date = CAST(:due_date AS date),
    version = i.version + 1
FROM unnest(CAST(:ids AS uuid[]), CAST(:numbers AS text[]), CAST(:positions AS integer[]))
  AS n (invoice_id, number, position)
WHERE i.invoice_id = n.invoice_id AND i.status = 'draft'
RETURNING i.series_number, i.invoice_id, i.number, i.regie_id, i.regie_label, i.family_id, i.kind, i.period,
    i.total_cents, i.issued_on, i.due_date, i.order_id
""")
_UNBALANCED = text("""
SELECT i.invoice_id FROM invoice i LEFT JOIN invoice_line l USING (invoice_id)
WHERE i.invoice_id = ANY (CAST(:ids AS uuid[])) GROUP BY i.invoice_id, i.total_cents
HAVING i.total_cents <> coalesce(sum(l.amount_cents), 0)
""")


class Unbalanced(Exception):
    """The lines of an invoice do not add up to its total: nothing is issued."""


class Numbered(NamedTuple):
    """An invoice's place in its series."""

    invoice_id: UUID
    position: int
    number: str


class Issued(NamedTuple):
    """An invoice as it was issued just now: what its event says of it."""

    invoice_id: UUID
    number: str
    regie_id: UUID
    regie_label: str
    family_id: UUID
    kind: Kind
    period: str
    total_cents: Cents
    issued_on: date
    due_date: date
    order_id: UUID | None


async def refuse_unbalanced(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Raise `Unbalanced` unless each total is the sum of its lines."""
    wrong = (await session.scalars(_UNBALANCED, {"ids": list(ids)})).all()
    if wrong:
        raise Unbalanced(f"{len(wrong)} invoices, the first {wrong[0]}")


async def take_numbers(
    session: AsyncSession, *, commune_id: UUID, regie_id: UUID, year: int, count: int
) -> int:
    """The last of ``count`` fresh numbers. It locks the series until commit: take them late."""
    names = {"commune_id": commune_id, "regie_id": regie_id, "year": year, "count": count}
    return (await session.execute(_TAKE_NUMBERS, names)).scalar_one()


async def set_numbers(
    session: AsyncSession,
    numbered: Sequence[Numbered],
    *,
    status: Status,
    issued_on: date,
    due_date: date,
) -> list[Issued]:
    """Give drafts their numbers and status; the invoices in the order of their numbers."""
    rows = await hot(session).rows(
        _NUMBER,
        {
            "ids": [item.invoice_id for item in numbered],
            "numbers": [item.number for item in numbered],
            "positions": [item.position for item in numbered],
            "status": status,
            "year": issued_on.year,
            "issued_on": issued_on,
            "due_date": due_date,
        },
    )
    return [Issued(*invoice) for _, *invoice in sorted(rows, key=lambda row: row[0])]


async def read(session: AsyncSession, ids: Sequence[UUID]) -> list[Invoice]:
    """Invoices as they stand now, in the order of their numbers."""
    found = await session.scalars(
        select(Invoice)
        .where(Invoice.invoice_id.in_(ids))
        .order_by(Invoice.series_year, Invoice.series_number)
        .execution_options(populate_existing=True)
    )
    return list(found)


async def lock(session: AsyncSession, invoice_id: UUID) -> Invoice | None:
    """An invoice as it stands, locked until the end of the transaction."""
    return await session.scalar(
        select(Invoice)
        .where(Invoice.invoice_id == invoice_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


async def live_of_order(session: AsyncSession, order_id: UUID) -> list[UUID]:
    """The prepaid invoices of an order that are not cancelled."""
    found = await session.scalars(
        select(Invoice.invoice_id)
        .where(Invoice.order_id == order_id, Invoice.kind == "prepaid", Invoice.status.in_(LIVE))
        .order_by(Invoice.invoice_id)
    )
    return list(found)


async def set_status(session: AsyncSession, invoice: Invoice, *, status: Status, paid_cents: int) -> Invoice:
    """Move an invoice that we hold locked; the invoice with its new version."""
    moved = await session.scalars(
        update(Invoice)
        .where(Invoice.invoice_id == invoice.invoice_id)
        .values(status=status, paid_cents=paid_cents, version=Invoice.version + 1)
        .returning(Invoice),
        execution_options={"populate_existing": True},
    )
    return moved.one()


async def corrections_of(session: AsyncSession, invoice: Invoice) -> list[str]:
    """The numbers of live invoices that came later and count a booking of this one: they correct it."""
    own = aliased(InvoiceLine)
    numbers = await session.scalars(
        select(Invoice.number)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.invoice_id)
        .join(own, InvoiceLine.bookings.overlap(own.bookings))
        .where(
            own.invoice_id == invoice.invoice_id,
            InvoiceLine.family_id == invoice.family_id,
            Invoice.invoice_id != invoice.invoice_id,
            Invoice.regie_id == invoice.regie_id,
            Invoice.status.in_(LIVE),
            Invoice.kind != "credit_note",
            Invoice.created_at > invoice.created_at,
        )
        .order_by(Invoice.number)
        .distinct()
    )
    return [number for number in numbers if number]


async def lines(session: AsyncSession, invoice_id: UUID) -> list[InvoiceLine]:
    """An invoice's lines in their order."""
    query = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice_id).order_by(InvoiceLine.position)
    return list(await session.scalars(query))
