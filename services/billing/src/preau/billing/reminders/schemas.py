"""Reminders over HTTP. Money in cents."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from preau.billing.regies.reminding import Means
from preau.common.http.schemas import RequestModel, ResponseModel


class ReminderOut(ResponseModel):
    """A reminder, and to whom it goes; ``due_cents`` is due now, ``asked_cents`` was due then."""

    reminder_id: UUID
    invoice_id: UUID
    number: str
    family_id: UUID
    family_label: str
    addressee: str
    street: str
    postal_code: str
    city: str
    regie_label: str
    step: int
    means: Means
    made_on: date
    due_date: date
    due_cents: int
    asked_cents: int
    handed_over_at: datetime | None


class InvoiceReminderOut(ResponseModel):
    """A step that an invoice went through."""

    step: int
    days: int
    means: Means
    made_on: date
    asked_cents: int
    handed_over_at: datetime | None


class InvoiceRemindersOut(ResponseModel):
    items: list[InvoiceReminderOut]


class HandedOverIn(RequestModel):
    """Letters and lists that were sent or handed over."""

    reminder_ids: list[UUID] = Field(min_length=1, max_length=500)


class HandedOverOut(ResponseModel):
    """How many were noted: those that were already are not among them."""

    count: int
