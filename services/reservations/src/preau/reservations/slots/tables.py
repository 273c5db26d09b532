"""Slots."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped

from preau.common.db.tables import commune_column, uuid_pk
from preau.reservations.database import Table


class Slot(Table):
    """The places of an activity on a day; made when first needed.

    ``is_set_by_agent`` keeps the capacity from following the activity's default.
    """

    __tablename__ = "slot"

    slot_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    activity_id: Mapped[UUID]
    slot_date: Mapped[date]
    capacity: Mapped[int]
    used: Mapped[int]
    is_set_by_agent: Mapped[bool]
