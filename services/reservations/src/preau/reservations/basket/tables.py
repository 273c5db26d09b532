"""Baskets: one a family and account."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, instant, uuid_pk
from preau.reservations.database import Table


class BasketRow(Table):
    """What one account means to do for one family: two separated parents do not share it.

    ``emptied`` is what was in it when it was last emptied, until something is put in.
    """

    __tablename__ = "basket"

    basket_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID]
    account_id: Mapped[UUID]
    created_at: Mapped[datetime] = instant()
    emptied: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)


class BasketLine(Table):
    """One day to book or to cancel."""

    __tablename__ = "basket_line"

    line_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    basket_id: Mapped[UUID] = mapped_column(ForeignKey("basket.basket_id"))
    child_id: Mapped[UUID]
    activity_id: Mapped[UUID]
    service_date: Mapped[date]
    action: Mapped[str]
