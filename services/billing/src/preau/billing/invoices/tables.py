"""Invoices and their lines."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.copies.families import Delivery
from preau.billing.database import Table
from preau.billing.invoices.domain import Kind, LineKind
from preau.billing.invoices.lifecycle import LIVE, Status
from preau.billing.ledger.domain import Holder
from preau.common.db.tables import (
    commune_column,
    instant,
    uuid_pk,
    version_column,
)
from preau.common.db.text_order import key_column
from preau.common.money import Cents


class Invoice(Table):
    """An invoice or a credit note (``total_cents`` below zero). Immutable once issued, but for what is due.

    ``addressee`` and ``issuer`` are what is printed: they stay as they were on the day of issue, as does
    ``delivery``, how it reaches its family (null of old ones: as the family's do now). What is due, what
    stands written off and the status are kept as the ledger says. A credit note cancels an invoice
    whole, or corrects it.
    ``charges_seen`` is a fingerprint of what a run's draft rests on: the charges, and the lines that billed
    of them before.
    """

    __tablename__ = "invoice"

    invoice_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    regie_id: Mapped[UUID]
    regie_label: Mapped[str]
    family_id: Mapped[UUID]
    kind: Mapped[Kind] = mapped_column(Text)
    period: Mapped[str]
    status: Mapped[Status] = mapped_column(Text)
    number: Mapped[str | None]
    series_year: Mapped[int | None]
    series_number: Mapped[int | None]
    total_cents: Mapped[int]
    due_cents: Mapped[int] = mapped_column(default=0)
    written_off_cents: Mapped[int] = mapped_column(default=0)
    issued_on: Mapped[date | None]
    due_date: Mapped[date | None]
    order_id: Mapped[UUID | None]
    run_id: Mapped[UUID | None]
    charges_seen: Mapped[int | None] = mapped_column(BigInteger)
    cancels_invoice_id: Mapped[UUID | None]
    corrects_invoice_id: Mapped[UUID | None]
    addressee: Mapped[dict[str, Any]] = mapped_column(JSONB)
    delivery: Mapped[Delivery | None] = mapped_column(Text)
    family_key: Mapped[str] = key_column()
    issuer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int] = version_column()
    created_at: Mapped[datetime] = instant()

    @property
    def holder(self) -> Holder:
        """Whose account it is on."""
        return Holder(self.commune_id, self.regie_id, self.family_id)

    @property
    def paid_cents(self) -> Cents:
        """What was paid of it or set off against it, as long as it counts."""
        if self.status not in LIVE or self.total_cents <= 0 or self.kind == "credit_note":
            return 0
        return self.total_cents - self.outstanding_cents

    @property
    def outstanding_cents(self) -> Cents:
        """What was never paid of it: due, or written off."""
        return self.due_cents + self.written_off_cents


class InvoiceLine(Table):
    """Charges of one child, one activity, one price: ``quantity`` × ``unit_cents`` is ``amount_cents``.

    The arrays hold the bookings behind it, one entry each at the same place: the day, how many it adds to
    the quantity and how many cents to the amount. A line of kind "price" corrects the price of what was
    billed, one of kind "supplement" adds to it: neither changes how many are billed. One of kind "manual" was
    written by an agent: it counts no booking, an id of its own stands there.
    """

    __tablename__ = "invoice_line"

    line_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    invoice_id: Mapped[UUID]
    family_id: Mapped[UUID]
    kind: Mapped[LineKind] = mapped_column(Text)
    position: Mapped[int]
    child_id: Mapped[UUID | None]
    child_name: Mapped[str]
    activity_id: Mapped[UUID | None]
    activity_label: Mapped[str]
    label: Mapped[str]
    quantity: Mapped[int]
    unit_cents: Mapped[int]
    amount_cents: Mapped[int]
    explanation: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    bookings: Mapped[list[UUID]] = mapped_column(ARRAY(PgUuid(as_uuid=True)))
    days: Mapped[list[date]] = mapped_column(ARRAY(Date))
    quantities: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    amounts: Mapped[list[int]] = mapped_column(ARRAY(Integer))


def carried_periods(invoice: Invoice, lines: Sequence[InvoiceLine]) -> list[str]:
    """The months before that were carried over to a month's end: those of which it bills a day."""
    if invoice.kind != "month_end":
        return []
    periods = {f"{day:%Y-%m}" for line in lines for day in line.days}
    return sorted(each for each in periods if each < invoice.period)
