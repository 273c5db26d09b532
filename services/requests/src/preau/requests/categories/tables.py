"""The categories of requests that a commune offers."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, uuid_pk, version_column
from preau.requests.database import Table


class Category(Table):
    """What a family may ask for; a closed one takes no new request."""

    __tablename__ = "category"

    category_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    code: Mapped[str]
    label: Mapped[str]
    description: Mapped[str]
    form: Mapped[dict[str, Any]] = mapped_column(JSONB)
    required_documents: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    effect: Mapped[dict[str, Any]] = mapped_column(JSONB)
    position: Mapped[int]
    is_open: Mapped[bool]
    version: Mapped[int] = version_column()
