"""Sites and their activities."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, uuid_pk, version_column
from preau.reservations.database import Table


class Site(Table):
    """Where a parent books: a canteen, a leisure centre. ``status`` is active or closed.

    ``class_weekdays`` (0 is Monday) have class there: deadlines that count days of school go by them.
    """

    __tablename__ = "site"

    site_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    version: Mapped[int] = version_column()
    label: Mapped[str]
    status: Mapped[str]
    class_weekdays: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class ActivityRow(Table):
    """An activity (prestation); its deadlines as an agent declared them."""

    __tablename__ = "activity"

    activity_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    version: Mapped[int] = version_column()
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.site_id"))
    label: Mapped[str]
    regie_id: Mapped[UUID]
    unit: Mapped[str]
    payment_mode: Mapped[str]
    decision: Mapped[str]
    cancellation_decision: Mapped[str]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    holiday_weekdays: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    open_in_holidays: Mapped[str]
    default_capacity: Mapped[int]
    hold_seconds: Mapped[int]
    levels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    booking_deadline: Mapped[dict[str, Any]] = mapped_column(JSONB)
    cancellation_deadline: Mapped[dict[str, Any]] = mapped_column(JSONB)
    components: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    status: Mapped[str]


class OfferVersion(Table):
    """How often what the commune offers has changed: triggers count the changes."""

    __tablename__ = "offer_version"

    commune_id: Mapped[UUID] = commune_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
