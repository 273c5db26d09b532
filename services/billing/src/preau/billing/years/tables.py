"""The years that are closed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.common.db.tables import commune_column, instant


class ClosedYear(Table):
    """A year of a régie in which no entry is made any more (trigger)."""

    __tablename__ = "closed_year"

    regie_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    agent_id: Mapped[UUID]
    closed_at: Mapped[datetime] = instant()
