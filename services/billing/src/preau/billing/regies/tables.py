"""Régies and their number series."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import FetchedValue
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.billing.regies.reminding import USUAL
from preau.common.db.tables import commune_column, uuid_pk, version_column


class Regie(Table):
    """A cash office. ``series_prefix`` opens its numbers; ``due_days`` from issue to due date.

    From ``street`` on it is what its invoices print (``RegieHeading`` keeps what they printed), then the
    codes by which the public accountant knows it.
    ``reminders`` is a `reminding.ReminderCalendar`; ``takes_parts``: whether families may pay the parts
    of instalment plans online. What a family owes of a month below ``carry_under_cents`` waits for the next
    month's end; null: for nothing.
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
    carry_under_cents: Mapped[int | None]
    version: Mapped[int] = version_column()
    street: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    siret: Mapped[str] = mapped_column(default="")
    payable_to: Mapped[str] = mapped_column(default="")
    remedies: Mapped[str] = mapped_column(server_default=FetchedValue())
    accounting_notice: Mapped[str] = mapped_column(default="")
    accounting_post: Mapped[str] = mapped_column(default="")
    collectivity_code: Mapped[str] = mapped_column(default="")
    budget_code: Mapped[str] = mapped_column(default="")
    product_code: Mapped[str] = mapped_column(default="")
    revenue_account: Mapped[str] = mapped_column(default="")


class RegieHeading(Table):
    """What a régie's invoices print that are drawn up since; the database keeps it."""

    __tablename__ = "regie_heading"

    regie_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    street: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    siret: Mapped[str]
    payable_to: Mapped[str]
    remedies: Mapped[str]
    accounting_notice: Mapped[str]


class InvoiceSeries(Table):
    """The last number given in a régie and a year."""

    __tablename__ = "invoice_series"

    regie_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    last: Mapped[int]
