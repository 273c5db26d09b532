"""Charges: one row a booking."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.common.db.tables import commune_column, instant, optional_instant, version_column


class Charge(Table):
    """A booking as reservations last published it, and what attendance counted of it.

    What of it was billed stands in the lines of invoices. ``revision`` grows with each change.
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
    present: Mapped[bool | None]
    arrived_at: Mapped[datetime | None] = optional_instant()
    left_at: Mapped[datetime | None] = optional_instant()
    revision: Mapped[int] = version_column()
    updated_at: Mapped[datetime] = instant()
