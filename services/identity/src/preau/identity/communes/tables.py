"""The communes: public facts, changed by their own agents only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, FetchedValue, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import instant, uuid_pk, version_column
from preau.identity.communes.domain import default_classes
from preau.identity.database import Table


class Commune(Table):
    """A tenant: a commune, an intercommunalité or a syndicate. ``logo`` is a PNG that ``logos`` made."""

    __tablename__ = "commune"

    commune_id: Mapped[UUID] = uuid_pk()
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    time_zone: Mapped[str]
    school_zone: Mapped[str]
    accent_colour: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str]
    residency_classes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=default_classes)
    child_categories: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    has_logo: Mapped[bool] = mapped_column(Boolean, FetchedValue())
    version: Mapped[int] = version_column()
    created_at: Mapped[datetime] = instant()
