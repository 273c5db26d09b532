"""What agents add to the published calendar."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped

from preau.common.db.tables import commune_column, uuid_pk
from preau.reservations.database import Table


class ClosureRow(Table):
    """Days, both included, that agents entered; ``kind`` is an :data:`EntryKind`."""

    __tablename__ = "closure"

    closure_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    site_id: Mapped[UUID | None]
    kind: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    label: Mapped[str]
