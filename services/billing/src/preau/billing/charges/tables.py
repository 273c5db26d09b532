"""Charges: one row a booking, and one more for each other family that pays for the child's days."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.common.db.tables import commune_column, instant, optional_instant, version_column


class Charge(Table):
    """A booking as reservations last published it, what attendance counted of it, and a family that pays.

    ``payer_percent`` is what ``family_id`` pays of it by the child's custody, 0 on a day that another one
    pays. The charge of the family that booked has the booking's own id; that of another one has an id of
    its own and names the booking in ``shared_booking_id``.

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
    payer_percent: Mapped[int] = mapped_column(SmallInteger)
    shared_booking_id: Mapped[UUID | None]
    revision: Mapped[int] = version_column()
    updated_at: Mapped[datetime] = instant()
