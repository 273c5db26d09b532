"""The calendar of a child over HTTP."""

import datetime as dt
from uuid import UUID

from pydantic import Field

from preau.common.http.schemas import ResponseModel
from preau.contracts.reservations import BookingStatus, PaymentMode
from preau.reservations.agenda.domain import DayState
from preau.reservations.basket.schemas import BasketOut
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


class SiteChoiceOut(ResponseModel):
    """A site whose calendar may be looked at."""

    site_id: UUID
    label: str


class AgendaOut(ResponseModel):
    """The calendar and the basket of one instant; no ``calendar`` where there is no site or no child."""

    sites: list[SiteChoiceOut]
    calendar: CalendarOut | None
    basket: BasketOut


class UnbookedDayOut(ResponseModel):
    """A day that can still be booked, for what the child is usually booked for."""

    child_id: UUID
    activity_id: UUID
    date: dt.date


class ComingDeadlineOut(ResponseModel):
    """A deadline and the days that are not booked yet and cannot be any more from then on."""

    cut_off: dt.datetime
    days: list[UnbookedDayOut]


class ComingDeadlinesOut(ResponseModel):
    """The deadlines of the coming week, the nearest first."""

    items: list[ComingDeadlineOut]


class ComingBookingOut(ResponseModel):
    """A day of the near future that is booked or asked for; ``child_name`` is the first name."""

    order_id: UUID | None
    date: dt.date
    status: BookingStatus
    child_name: str
    activity_label: str


class AheadOut(ResponseModel):
    """What lies ahead of a family: the lines in the basket, the coming days, the deadlines to keep.

    ``debt_cents`` keep it from booking, 0 when nothing does.
    """

    debt_cents: int
    basket_lines: int
    bookings: list[ComingBookingOut]
    deadlines: list[ComingDeadlineOut]
