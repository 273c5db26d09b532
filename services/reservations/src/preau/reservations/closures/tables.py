"""How far closures have come."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, optional_instant
from preau.reservations.database import Table


class ClosureApplication(Table):
    """What a closure frees: as counted when it was added, and again at the end.

    ``told_up_to`` is the last family told; ``applied_at`` is None until all is freed and everybody told.
    """

    __tablename__ = "closure_application"

    closure_id: Mapped[UUID] = mapped_column(ForeignKey("closure.closure_id"), primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    bookings: Mapped[int]
    families: Mapped[int]
    told_up_to: Mapped[UUID | None]
    applied_at: Mapped[datetime | None] = optional_instant()
