"""Bookings."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, instant, uuid_pk, version_column
from preau.reservations.database import Table


class BookingRow(Table):
    """A child, an activity, a date, and the family that pays; ``closure_id`` is the closure that freed it."""

    __tablename__ = "booking"

    booking_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    version: Mapped[int] = version_column()
    family_id: Mapped[UUID]
    child_id: Mapped[UUID]
    activity_id: Mapped[UUID]
    service_date: Mapped[date]
    slot_id: Mapped[UUID]
    order_id: Mapped[UUID | None]
    status: Mapped[str]
    payment_mode: Mapped[str]
    decided_by_agent: Mapped[bool] = mapped_column(default=False)
    message: Mapped[str] = mapped_column(default="")
    closure_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = instant()
    changed_at: Mapped[datetime] = instant()
