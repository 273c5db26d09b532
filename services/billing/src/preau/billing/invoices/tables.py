"""Invoices, their lines, and the charges behind each line."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.common.db.tables import commune_column, instant, uuid_pk, version_column


class Invoice(Table):
    """An invoice or a credit note (``total_cents`` below zero). Immutable once issued, but for its payment.

    ``addressee`` and ``issuer`` are what is printed: they stay as they were on the day of issue.
    """

    __tablename__ = "invoice"

    invoice_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    regie_id: Mapped[UUID]
    regie_label: Mapped[str]
    family_id: Mapped[UUID]
    kind: Mapped[str]
    period: Mapped[str]
    status: Mapped[str]
    number: Mapped[str | None]
    series_year: Mapped[int | None]
    series_number: Mapped[int | None]
    total_cents: Mapped[int]
    paid_cents: Mapped[int] = mapped_column(default=0)
    issued_on: Mapped[date | None]
    due_date: Mapped[date | None]
    order_id: Mapped[UUID | None]
    run_id: Mapped[UUID | None]
    cancels_invoice_id: Mapped[UUID | None]
    addressee: Mapped[dict[str, Any]] = mapped_column(JSONB)
    issuer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int] = version_column()
    created_at: Mapped[datetime] = instant()


class InvoiceLine(Table):
    """Charges of one child, one activity, one price. ``unit_cents`` is rounded; ``amount_cents`` counts."""

    __tablename__ = "invoice_line"

    line_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    invoice_id: Mapped[UUID]
    position: Mapped[int]
    child_id: Mapped[UUID]
    child_name: Mapped[str]
    activity_id: Mapped[UUID]
    activity_label: Mapped[str]
    label: Mapped[str]
    quantity: Mapped[int]
    unit_cents: Mapped[int]
    amount_cents: Mapped[int]
    explanation: Mapped[str]


class InvoiceLineCharge(Table):
    """What one booking adds to a line."""

    __tablename__ = "invoice_line_charge"

    line_id: Mapped[UUID] = mapped_column(primary_key=True)
    booking_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    service_date: Mapped[date]
    units: Mapped[int]
    amount_cents: Mapped[int]
