"""The calendar of a child over HTTP."""

import datetime as dt
from uuid import UUID

from pydantic import Field

from preau.common.http.schemas import ResponseModel
from preau.contracts.reservations import PaymentMode
from preau.reservations.agenda.domain import DayState
from preau.reservations.bookings.domain import Action
from preau.reservations.rules.schemas import RefusalOut


class DayOut(ResponseModel):
    """A day: its state, what the basket holds for it, and why it is refused."""

    date: dt.date
    state: DayState
    in_basket: Action | None
    booking_id: UUID | None
    remaining: int | None
    refusal: RefusalOut | None
    can_book: bool
    can_cancel: bool


class ActivityDaysOut(ResponseModel):
    """The days of one activity: a row of the calendar."""

    activity_id: UUID
    label: str
    payment_mode: PaymentMode
    days: list[DayOut]


class ContactOut(ResponseModel):
    """Whom to call when a deadline has passed."""

    email: str
    phone: str


class CalendarOut(ResponseModel):
    """The calendar of a child at a site; ``from`` and ``to`` are both included."""

    site_id: UUID
    child_id: UUID
    first: dt.date = Field(serialization_alias="from")
    last: dt.date = Field(serialization_alias="to")
    today: dt.date
    contact: ContactOut
    activities: list[ActivityDaysOut]
