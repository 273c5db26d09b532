"""Bookings over HTTP."""

import datetime as dt
from typing import Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.contracts.reservations import BookingStatus, PaymentMode
from preau.reservations.fields import Day, Message


class BookingOut(ResponseModel):
    """One booking as it stands."""

    booking_id: UUID
    family_id: UUID
    child_id: UUID
    activity_id: UUID
    date: dt.date = Field(validation_alias="service_date")
    status: BookingStatus
    payment_mode: PaymentMode
    order_id: UUID | None
    version: int


class BookingsOut(ResponseModel):
    """Bookings of a family."""

    items: list[BookingOut]
    next_cursor: str | None = None


class QueuedBookingOut(BookingOut):
    """A booking as agents see it in a queue."""

    child_name: str
    family_label: str
    site_label: str
    activity_label: str


class AgentBookingIn(RequestModel):
    """A booking made by an agent, also past its deadline or in the past, with the reason."""

    family_id: UUID
    child_id: UUID
    activity_id: UUID
    date: Day
    override_deadline: bool = False
    reason: Message = ""

    @model_validator(mode="after")
    def _reason_given(self) -> Self:
        if self.override_deadline and not self.reason:
            raise ValueError("Une dérogation demande un motif.")
        return self


class DecisionIn(RequestModel):
    """What the agent decided; the family reads the message."""

    decision: Literal["accept", "refuse"]
    message: Message = ""


class CancellationIn(RequestModel):
    """Why the agent cancels; the family reads it."""

    message: Message = ""
