"""What the reservations service tells: activities, orders, bookings, attendance."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from preau.contracts.event import Event, Part

BookingStatus = Literal[
    "requested",
    "awaiting_payment",
    "confirmed",
    "waitlisted",
    "cancel_requested",
    "cancelled",
    "refused",
    "expired",
    "attended",
    "absent_justified",
    "absent_unjustified",
]
PaymentMode = Literal["prepaid", "month_end"]


class PriceComponent(Part):
    """A part of a price (meal, supervision): the tax certificate counts only what it may."""

    code: str
    label: str
    tax_deductible: bool = False


class ActivityUpdatedV1(Event):
    """An activity (prestation) was created or changed. ``aggregate_id`` is the activity's id."""

    event_type: ClassVar[str] = "reservations.activity.updated"

    site_id: UUID
    site_label: str
    label: str
    regie_id: UUID
    unit: Literal["unit", "half_day", "day", "quarter_hour"] = "unit"
    payment_mode: PaymentMode = "month_end"
    components: tuple[PriceComponent, ...] = ()
    status: Literal["active", "closed"] = "active"


class BookingFacts(Part):
    """One booking as it stands: a child, an activity, a date, and the family that pays.

    ``activity_label`` is what mails call the activity.
    """

    booking_id: UUID
    booking_version: int
    family_id: UUID
    child_id: UUID
    activity_id: UUID
    service_date: date
    status: BookingStatus
    payment_mode: PaymentMode = "month_end"
    activity_label: str = ""


class OrderPlacedV1(Event):
    """A basket was validated: what it booked and what it cancelled. ``aggregate_id`` is the order's id.

    A prepaid order awaits payment until ``held_until``.
    """

    event_type: ClassVar[str] = "reservations.order.placed"

    family_id: UUID
    account_id: UUID | None = None
    placed_at: datetime
    status: Literal["confirmed", "awaiting_payment"]
    held_until: datetime | None = None
    bookings: tuple[BookingFacts, ...] = ()
    cancellations: tuple[BookingFacts, ...] = ()


class OrderPayableV1(Event):
    """A prepaid order is priced and something is to be paid: ``bookings`` wait for it until ``held_until``.

    Said once an order, whatever it is invoiced in; never of an order that costs nothing. ``aggregate_id`` is
    the order's id.
    """

    event_type: ClassVar[str] = "reservations.order.payable"

    family_id: UUID
    held_until: datetime | None = None
    bookings: tuple[BookingFacts, ...] = Field(min_length=1)


class OrderClosedV1(Event):
    """A prepaid order ended: paid and confirmed, or its hold expired and its places are free again.

    ``aggregate_id`` is the order's id.
    """

    event_type: ClassVar[str] = "reservations.order.closed"

    family_id: UUID
    status: Literal["confirmed", "expired"]
    bookings: tuple[BookingFacts, ...] = ()


class BookingChangedV1(Event):
    """One booking changed after its order was placed. ``aggregate_id`` is the booking's id.

    ``closure_id``: a closure freed it; :class:`ClosureAppliedV1` tells its family.
    """

    event_type: ClassVar[str] = "reservations.booking.changed"

    booking: BookingFacts
    order_id: UUID | None = None
    cause: Literal["agent", "parent", "payment", "expiry", "attendance", "rule"] = "parent"
    message: str = ""
    closure_id: UUID | None = None


class ClosedFamily(Part):
    """What a closure freed of one family: all of it, by day."""

    family_id: UUID
    bookings: tuple[BookingFacts, ...] = Field(min_length=1)


class ClosureAppliedV1(Event):
    """The bookings of the days that agents closed are freed: of each family once, in one event or another.

    ``aggregate_id`` is the closure's id; both days are included; without ``site_label`` every site is closed.
    """

    event_type: ClassVar[str] = "reservations.closure.applied"

    label: str
    site_label: str = ""
    first_day: date
    last_day: date
    families: tuple[ClosedFamily, ...] = Field(min_length=1, max_length=50)


class AttendanceRecordedV1(Event):
    """An agent marked a child present or absent on a day. ``aggregate_id`` is the booking's id."""

    event_type: ClassVar[str] = "reservations.attendance.recorded"

    booking: BookingFacts
    present: bool
    justified: bool = False
    units: int = 1
    arrived_at: datetime | None = None
    left_at: datetime | None = None
