"""Months that were carried over."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.common.db.tables import commune_column, instant, uuid_pk

Outcome = Literal["billed", "carried_on", "nothing_due"]


class CarriedMonth(Table):
    """What a family owed a régie from ``first_day`` to the end of ``period`` when run ``run_id`` left it.

    It waits as long as ``outcome`` is null: at most one a family and régie. The run ``ended_by`` took it up:
    it billed it, carried it on in a row of its own, or found that nothing was due any more.
    """

    __tablename__ = "carried_month"

    carried_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    regie_id: Mapped[UUID]
    family_id: Mapped[UUID]
    run_id: Mapped[UUID]
    period: Mapped[str]
    first_day: Mapped[date]
    amount_cents: Mapped[int]
    carried_at: Mapped[datetime] = instant()
    ended_by: Mapped[UUID | None]
    outcome: Mapped[Outcome | None] = mapped_column(Text)
