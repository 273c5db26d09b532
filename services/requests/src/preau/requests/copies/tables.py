"""Copies of what the identity service owns, with its version: an older event changes nothing."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column
from preau.common.db.text_order import key_column
from preau.requests.database import Table


class FamilyCopy(Table):
    """A family as identity last published it."""

    __tablename__ = "family_copy"

    family_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    version: Mapped[int]
    label: Mapped[str]
    label_key: Mapped[str] = key_column()
    status: Mapped[str]
    guardians: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    children: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class CommuneCopy(Table):
    """A commune as identity last published it."""

    __tablename__ = "commune_copy"

    commune_id: Mapped[UUID] = commune_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    time_zone: Mapped[str]
