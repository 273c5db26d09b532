"""Copies of what others publish, each with the publisher's version."""

from typing import Any
from uuid import UUID

from sqlalchemy import FetchedValue, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.copies.families import Delivery
from preau.billing.database import Table
from preau.common.db.tables import commune_column
from preau.common.db.text_order import key_column


class CommuneCopy(Table):
    """A commune, by identity."""

    __tablename__ = "commune_copy"

    commune_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    time_zone: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str]
    accent_colour: Mapped[str]
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class FamilyCopy(Table):
    """A family, by identity. ``record`` is the event's own body, ``addressee`` whom its invoices go to.

    ``delivery`` is how they reach it from now on; the database reads it from the record.
    """

    __tablename__ = "family_copy"

    family_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    version: Mapped[int]
    label: Mapped[str]
    record: Mapped[dict[str, Any]] = mapped_column(JSONB)
    addressee: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    delivery: Mapped[Delivery] = mapped_column(Text, FetchedValue(), deferred=True)
    search_key: Mapped[str] = key_column()


class ActivityCopy(Table):
    """An activity, by reservations."""

    __tablename__ = "activity_copy"

    activity_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    version: Mapped[int]
    regie_id: Mapped[UUID]
    site_label: Mapped[str]
    label: Mapped[str]
    unit: Mapped[str]
    payment_mode: Mapped[str]
    status: Mapped[str]
