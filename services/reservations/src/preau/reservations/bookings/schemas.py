"""Bookings over HTTP."""

import datetime as dt
from uuid import UUID

from pydantic import Field

from preau.common.http.schemas import ResponseModel
from preau.contracts.reservations import BookingStatus, PaymentMode


class BookingOut(ResponseModel):
    """One booking as it stands; ``message`` says to its family why, where an agent or a closure decided."""

    booking_id: UUID
    family_id: UUID
    child_id: UUID
    activity_id: UUID
    date: dt.date = Field(validation_alias="service_date")
    status: BookingStatus
    payment_mode: PaymentMode
    order_id: UUID | None
    version: int
    message: str = ""


class BookingsOut(ResponseModel):
    """Bookings of a family."""

    items: list[BookingOut]
    next_cursor: str | None = None


class QueuedBookingOut(BookingOut):
    """A booking as agents see it in a queue."""

    created_at: dt.datetime
    child_name: str
    family_label: str
    site_label: str
    activity_label: str
