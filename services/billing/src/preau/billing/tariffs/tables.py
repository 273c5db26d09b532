"""Tariffs, as agents stated them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.common.db.tables import commune_column, instant, optional_instant, uuid_pk, version_column


class TariffRow(Table):
    """A tariff of an activity from a day on. A later statement for the same day supersedes it.

    ``version`` counts the statements for that day.
    """

    __tablename__ = "tariff"

    tariff_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    activity_id: Mapped[UUID]
    effective_from: Mapped[date]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = instant()
    superseded_at: Mapped[datetime | None] = optional_instant()
    version: Mapped[int] = version_column()


class ChildAsPriced:
    """Columns: a child as prices see it, from a day (included) to another (excluded), both perhaps infinite.

    ``counts``: it is one of the siblings; ``quotients`` in cents, by each way in which one may count.
    """

    family_id: Mapped[UUID] = mapped_column(primary_key=True)
    child_id: Mapped[UUID] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date]
    commune_id: Mapped[UUID] = commune_column()
    name: Mapped[str]
    residency: Mapped[str]
    category: Mapped[str]
    counts: Mapped[bool]
    rank: Mapped[int]
    children: Mapped[int]
    quotients: Mapped[list[int | None]] = mapped_column(ARRAY(Integer))


class ChildPeriodRow(ChildAsPriced, Table):
    """A child as prices see it now, in each part of its life."""

    __tablename__ = "child_period"
