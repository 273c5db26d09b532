"""Attendance."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, instant, optional_instant
from preau.reservations.database import Table


class AttendanceRow(Table):
    """What an agent marked for one booking; ``units`` counts in the activity's unit."""

    __tablename__ = "attendance"

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.booking_id"), primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    is_present: Mapped[bool]
    is_justified: Mapped[bool]
    units: Mapped[int]
    arrived_at: Mapped[datetime | None] = optional_instant()
    left_at: Mapped[datetime | None] = optional_instant()
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime] = instant()
