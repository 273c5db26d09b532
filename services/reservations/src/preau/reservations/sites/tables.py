"""Sites."""

from uuid import UUID

from sqlalchemy.orm import Mapped

from preau.common.db.tables import commune_column, uuid_pk
from preau.reservations.database import Table


class Site(Table):
    """Where a parent books: a canteen, a leisure centre. ``status`` is active or closed."""

    __tablename__ = "site"

    site_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    label: Mapped[str]
    status: Mapped[str]
