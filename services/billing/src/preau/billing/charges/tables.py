"""Charges: one row a booking."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.common.db.tables import commune_column, instant


class Charge(Table):
    """A booking as reservations last published it, and what of it was invoiced.

    ``invoiced_units`` and ``invoiced_cents`` are what stands on live invoices; ``invoice_id`` and ``run_id``
    name the last one that counted it.
    """

    __tablename__ = "charge"

    booking_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    booking_version: Mapped[int]
    family_id: Mapped[UUID]
    child_id: Mapped[UUID]
    activity_id: Mapped[UUID]
    service_date: Mapped[date]
    status: Mapped[str]
    payment_mode: Mapped[str]
    units: Mapped[int]
    invoiced_units: Mapped[int]
    invoiced_cents: Mapped[int]
    invoice_id: Mapped[UUID | None]
    run_id: Mapped[UUID | None]
    updated_at: Mapped[datetime] = instant()
