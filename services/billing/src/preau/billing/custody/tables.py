"""Custodies of children, as identity says."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.common.db.tables import commune_column


class ChildCustody(Table):
    """The custodies of a child whose record stands in a family; a child without any has no row.

    ``terms`` are those of the event, the earliest first.
    """

    __tablename__ = "child_custody"

    child_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID]
    terms: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
