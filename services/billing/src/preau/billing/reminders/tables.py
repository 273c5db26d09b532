"""The reminders that were made of invoices."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.billing.regies.reminding import Means
from preau.common.db.tables import commune_column, instant, optional_instant, uuid_pk


class Reminder(Table):
    """Step ``step`` of an invoice, once; ``due_cents`` was due then.

    A letter or a list for the Treasury waits until an agent hands it over; a mail leaves by itself.
    """

    __tablename__ = "reminder"

    reminder_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    regie_id: Mapped[UUID]
    family_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    step: Mapped[int] = mapped_column(SmallInteger)
    days: Mapped[int] = mapped_column(SmallInteger)
    means: Mapped[Means] = mapped_column(Text)
    due_cents: Mapped[int]
    made_on: Mapped[date]
    made_at: Mapped[datetime] = instant()
    handed_over_at: Mapped[datetime | None] = optional_instant()
    handed_over_by: Mapped[UUID | None]
