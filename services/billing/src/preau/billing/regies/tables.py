"""Régies and their number series."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.billing.regies.reminding import USUAL
from preau.common.db.tables import commune_column, uuid_pk, version_column


class Regie(Table):
    """A cash office. ``series_prefix`` opens its numbers; ``due_days`` from issue to due date.

    ``reminders`` is a `reminding.ReminderCalendar`; ``takes_parts``: whether families may pay the parts
    of instalment plans online.
    """

    __tablename__ = "regie"

    regie_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    code: Mapped[str]
    label: Mapped[str]
    due_days: Mapped[int]
    series_prefix: Mapped[str]
    reminders: Mapped[dict[str, Any]] = mapped_column(JSONB, default=USUAL.model_dump)
    takes_parts: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = version_column()


class InvoiceSeries(Table):
    """The last number given in a régie and a year."""

    __tablename__ = "invoice_series"

    regie_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    last: Mapped[int]
