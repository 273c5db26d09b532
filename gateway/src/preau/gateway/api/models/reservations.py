"""What reservations answers. Written by `make docs` from gateway/openapi/reservations.json."""

from __future__ import annotations

from datetime import date as date_aliased
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class BatchLine(BaseModel):
    """
    The days of service that close together, on the last ``weekday`` before them.

    ``weeks`` counts back: 1 is that one, 2 the one a week before it.
    """

    service_weekdays: list[int]
    weekday: int = Field(..., description='0 is Monday')
    at: str = '24:00'
    weeks: int = 1


class BookingOut(BaseModel):
    """
    One booking as it stands; ``message`` says to its family why, where an agent or a closure decided.
    """

    booking_id: str
    family_id: str
    child_id: str
    activity_id: str
    date: date_aliased
    status: Literal['requested', 'awaiting_payment', 'confirmed', 'waitlisted', 'cancel_requested', 'cancelled', 'refused', 'expired', 'attended', 'absent_justified', 'absent_unjustified']
    payment_mode: Literal['prepaid', 'month_end']
    order_id: str | None
    version: int
    message: str = ''


class BookingsOut(BaseModel):
    """
    Bookings of a family.
    """

    items: list[BookingOut]
    next_cursor: str | None = None


class ChangeOut(BaseModel):
    """
    One change of a record: ``action`` is what happened, by a code of the service's.
    """

    agent_id: str
    action: str
    recorded_at: datetime


class ChangesOut(BaseModel):
    """
    The latest changes of a record, the last one first.
    """

    items: list[ChangeOut]


class ClosureOut(BaseModel):
    """
    Days that agents entered.

    A closure frees ``bookings`` of so many ``families``: until it ``is_applied``, as counted beforehand.
    """

    closure_id: str
    site_id: str | None
    kind: Literal['closure', 'day_off', 'school_holidays', 'class_held']
    from_: date_aliased = Field(..., alias='from')
    to: date_aliased
    label: str
    bookings: int = 0
    families: int = 0
    is_applied: bool = True


class ClosuresOut(BaseModel):
    """
    The closures from today on.

    ``school_holidays_are_published`` is false where agents have to enter them.
    """

    items: list[ClosureOut]
    next_cursor: str | None = None
    school_zone: str
    school_holidays_are_published: bool


class ComingBookingOut(BaseModel):
    """
    A day of the near future that is booked or asked for; ``child_name`` is the first name.
    """

    order_id: str | None
    date: date_aliased
    status: Literal['requested', 'awaiting_payment', 'confirmed', 'waitlisted', 'cancel_requested', 'cancelled', 'refused', 'expired', 'attended', 'absent_justified', 'absent_unjustified']
    child_name: str
    activity_label: str


class ConcernedOut(BaseModel):
    """
    What a closure would free, and of how many families; bookings ``marked`` already stay as they are.
    """

    bookings: int
    families: int
    marked: int


class ContactOut(BaseModel):
    """
    Whom to call when a deadline has passed.
    """

    email: str
    phone: str


class DeadlinesOut(BaseModel):
    """
    The cut-offs of one day of service: the first instants at which it is too late, null where it never is
    open; from when on it can be booked, if not always; and each in a sentence, in the commune's time.
    """

    date: date_aliased
    booking_opens: datetime | None
    booking_cut_off: datetime | None
    booking_reason: str
    cancellation_cut_off: datetime | None
    cancellation_reason: str


class FamilyChildOut(BaseModel):
    """
    A child for whom the family may book.
    """

    child_id: str
    first_name: str


class GroupOut(BaseModel):
    """
    The lines of one child in a few words.
    """

    child_id: str
    child_name: str
    summary: str


class ListedChildOut(BaseModel):
    """
    A child on the list of the day.
    """

    booking_id: str
    family_id: str
    child_id: str
    child: str
    activity_id: str
    activity_label: str
    class_name: str
    level: str
    diet: str
    status: Literal['requested', 'awaiting_payment', 'confirmed', 'waitlisted', 'cancel_requested', 'cancelled', 'refused', 'expired', 'attended', 'absent_justified', 'absent_unjustified']
    version: int
    justified: bool | None
    units: int | None


class NotMarkedOut(BaseModel):
    """
    A booking that was not to be marked, and the status that it is in.
    """

    booking_id: str
    child: str
    status: Literal['requested', 'awaiting_payment', 'confirmed', 'waitlisted', 'cancel_requested', 'cancelled', 'refused', 'expired', 'attended', 'absent_justified', 'absent_unjustified']


class OfferedActivityOut(BaseModel):
    """
    An activity that a parent may choose at a site.
    """

    activity_id: str
    label: str
    unit: str
    payment_mode: Literal['prepaid', 'month_end']
    decision: Literal['auto', 'agent']


class OfferedSiteOut(BaseModel):
    """
    A site with what it offers.
    """

    site_id: str
    label: str
    activities: list[OfferedActivityOut]


class OpensDays(BaseModel):
    """
    From a time of the day so many days before.
    """

    kind: Literal['days_before'] = 'days_before'
    days: int
    at: str = '00:00'


class OpensOn(BaseModel):
    """
    From a day on, at a time: for all days of service.
    """

    kind: Literal['on'] = 'on'
    day: date_aliased
    at: str = '00:00'


class OpensWeekday(BaseModel):
    """
    From a weekday of the n-th week before, at a time: "two weeks before, Monday 8:30".
    """

    kind: Literal['weekday_before'] = 'weekday_before'
    weekday: int = Field(..., description='0 is Monday')
    weeks: int = 1
    at: str = '00:00'


class OrderInvoiceOut(BaseModel):
    """
    A prepaid invoice of the order.
    """

    invoice_id: str
    regie_id: str
    total_cents: int
    status: Literal['open', 'settled', 'cancelled']


class OrderOut(BaseModel):
    """
    An order as it stands; its invoices appear once billing has priced it.

    ``cancellations`` are the bookings that it cancelled, or asked to cancel, as they stand.
    """

    order_id: str
    status: Literal['awaiting_payment', 'confirmed', 'expired']
    held_until: datetime | None
    invoices: list[OrderInvoiceOut]
    bookings: list[BookingOut]
    cancellations: list[BookingOut]


class PlacedOrderOut(BaseModel):
    """
    A validated basket; while it awaits payment its places are held until ``held_until``.
    """

    order_id: str
    status: Literal['confirmed', 'awaiting_payment']
    held_until: datetime | None
    bookings: list[BookingOut]
    cancellations: list[BookingOut]


class PriceComponent(BaseModel):
    """
    A part of a price (meal, supervision): the tax certificate counts only what it may.
    """

    code: str
    label: str
    tax_deductible: bool = False


class QueuedBookingOut(BaseModel):
    """
    A booking as agents see it in a queue.
    """

    booking_id: str
    family_id: str
    child_id: str
    activity_id: str
    date: date_aliased
    status: Literal['requested', 'awaiting_payment', 'confirmed', 'waitlisted', 'cancel_requested', 'cancelled', 'refused', 'expired', 'attended', 'absent_justified', 'absent_unjustified']
    payment_mode: Literal['prepaid', 'month_end']
    order_id: str | None
    version: int
    message: str = ''
    created_at: datetime
    child_name: str
    family_label: str
    site_label: str
    activity_label: str


class RefusalOut(BaseModel):
    """
    Which rule, why (French), until when it was possible, and who can do it all the same.
    """

    rule: str
    reason: str
    cut_off: datetime | None = None
    override_by: Literal['agent', 'nobody'] = 'agent'


class RefusedLineOut(BaseModel):
    """
    A line that was not added.
    """

    child_id: str
    activity_id: str
    date: date_aliased
    refusal: RefusalOut


class SameDay(BaseModel):
    """
    Until a time of the day itself.
    """

    opens: OpensDays | OpensWeekday | OpensOn | None = None
    kind: Literal['same_day'] = 'same_day'
    at: str


class SiteChoiceOut(BaseModel):
    """
    A site whose calendar may be looked at.
    """

    site_id: str
    label: str


class SiteOut(BaseModel):
    """
    A site as agents see it.
    """

    site_id: str
    label: str
    status: Literal['active', 'closed']
    class_weekdays: list[int]
    version: int


class SitesOut(BaseModel):
    """
    The sites of the commune.
    """

    items: list[SiteOut]
    next_cursor: str | None = None


class SlotOut(BaseModel):
    """
    The places of one day.
    """

    date: date_aliased
    capacity: int
    used: int


class SlotsOut(BaseModel):
    """
    The days that have a slot: booked at least once, or set by an agent.
    """

    default_capacity: int
    items: list[SlotOut]


class UnbookedDayOut(BaseModel):
    """
    A day that can still be booked, for what the child is usually booked for.
    """

    child_id: str
    activity_id: str
    date: date_aliased


class WeekdayBefore(BaseModel):
    """
    A weekday of the week before (or of an earlier one), at a time.

    With ``week_type`` "school", weeks without any school day do not count.
    """

    opens: OpensDays | OpensWeekday | OpensOn | None = None
    on_holiday: Literal['keep', 'roll_back'] = 'keep'
    on_weekend: Literal['keep', 'roll_back'] | None = None
    on_school_holiday: Literal['keep', 'roll_back'] = 'keep'
    kind: Literal['weekday_before'] = 'weekday_before'
    weekday: int = Field(..., description='0 is Monday')
    at: str = '24:00'
    weeks: int = 1
    week_type: Literal['calendar', 'school'] = 'calendar'


class Window(BaseModel):
    """
    Days of service that are open from ``opens_on`` (at 00:00) until ``closes_on`` at a time.
    """

    first_day: date_aliased
    last_day: date_aliased
    opens_on: date_aliased | None = None
    closes_on: date_aliased
    at: str = '24:00'


class Windows(BaseModel):
    """
    Windows by dates, such as one for each of the school holidays; other days are not open.
    """

    opens: OpensDays | OpensWeekday | OpensOn | None = None
    kind: Literal['windows'] = 'windows'
    windows: list[Window]


class Batch(BaseModel):
    """
    A table: "Monday and Tuesday by Friday 9:00, Thursday and Friday by Tuesday 9:00".
    """

    opens: OpensDays | OpensWeekday | OpensOn | None = None
    on_holiday: Literal['keep', 'roll_back'] = 'keep'
    on_weekend: Literal['keep', 'roll_back'] | None = None
    on_school_holiday: Literal['keep', 'roll_back'] = 'keep'
    kind: Literal['batch'] = 'batch'
    lines: list[BatchLine]


class ChangePreviewOut(BaseModel):
    """
    The cut-offs as a change would make them, and the places already taken from today on.
    """

    time_zone: str
    items: list[DeadlinesOut]
    places_taken: int


class ComingDeadlineOut(BaseModel):
    """
    A deadline and the days that are not booked yet and cannot be any more from then on.
    """

    cut_off: datetime
    days: list[UnbookedDayOut]


class ComingDeadlinesOut(BaseModel):
    """
    The deadlines of the coming week, the nearest first.
    """

    items: list[ComingDeadlineOut]


class DayOut(BaseModel):
    """
    A day: its state, what the basket holds for it, and why it is refused.
    """

    date: date_aliased
    state: Literal['present', 'absent', 'bookable', 'locked', 'pending', 'approved', 'cancel_pending', 'refused']
    in_basket: Literal['book', 'cancel'] | None
    booking_id: str | None
    remaining: int | None
    refusal: RefusalOut | None
    can_book: bool
    can_cancel: bool


class DaysBefore(BaseModel):
    """
    So many days before, at a time.

    ``day_type`` says which days count: each; *jours ouvrés*; *jours francs* (as many whole days lie between
    the last day to act and the day itself); days on which the activity takes place; school days.
    ``skip_weekdays`` and ``skip`` never count.
    """

    opens: OpensDays | OpensWeekday | OpensOn | None = None
    on_holiday: Literal['keep', 'roll_back'] = 'keep'
    on_weekend: Literal['keep', 'roll_back'] | None = None
    on_school_holiday: Literal['keep', 'roll_back'] = 'keep'
    kind: Literal['days_before'] = 'days_before'
    days: int
    at: str = '24:00'
    day_type: Literal['calendar', 'working', 'clear', 'service', 'school'] = 'calendar'
    skip_weekdays: list[int] = []
    skip: list[Literal['public_holidays', 'school_holidays', 'closures']] = []


class DeadlinePreviewOut(BaseModel):
    """
    The cut-offs of the days of service in a range; the time zone is the commune's.
    """

    time_zone: str
    items: list[DeadlinesOut]


class HolidayWindow(BaseModel):
    """
    The days within school holidays, all of one holiday together; other days are not open.

    They are open from ``opens_days`` before the first day of the holiday (None: always) until the end of
    ``at`` ``closes_days`` before it; a number below zero is a day after it began.
    """

    opens: OpensDays | OpensWeekday | OpensOn | None = None
    kind: Literal['holiday_window'] = 'holiday_window'
    opens_days: int | None = None
    closes_days: int
    at: str = '24:00'


class HoursBefore(BaseModel):
    """
    So many hours of civil time before the activity starts.
    """

    opens: OpensDays | OpensWeekday | OpensOn | None = None
    kind: Literal['hours_before'] = 'hours_before'
    hours: int
    starts_at: str = '00:00'


class LineOut(BaseModel):
    """
    A line; ``problem`` is why it would be refused if the basket were validated now.
    """

    line_id: str
    child_id: str
    child_name: str
    site_id: str
    site_label: str
    activity_id: str
    activity_label: str
    date: date_aliased
    action: Literal['book', 'cancel']
    payment_mode: Literal['prepaid', 'month_end']
    booking_id: str | None
    problem: RefusalOut | None


class ListOut(BaseModel):
    """
    The list of a day.
    """

    items: list[ListedChildOut]
    next_cursor: str | None = None


class MarkedOut(BaseModel):
    """
    The bookings named, as they are now; ``not_marked`` are those that were left as they are.
    """

    items: list[ListedChildOut]
    not_marked: list[NotMarkedOut]


class MonthBefore(BaseModel):
    """
    A day of the month before (its last day when the month is shorter).
    """

    opens: OpensDays | OpensWeekday | OpensOn | None = None
    on_holiday: Literal['keep', 'roll_back'] = 'keep'
    on_weekend: Literal['keep', 'roll_back'] | None = None
    on_school_holiday: Literal['keep', 'roll_back'] = 'keep'
    kind: Literal['month_before'] = 'month_before'
    day: int
    at: str = '24:00'
    months: int = 1


class Never(BaseModel):
    """
    Not at all.
    """

    opens: OpensDays | OpensWeekday | OpensOn | None = None
    kind: Literal['never'] = 'never'


class NoDeadline(BaseModel):
    """
    Until the day itself is over.
    """

    opens: OpensDays | OpensWeekday | OpensOn | None = None
    kind: Literal['none'] = 'none'


class OfferOut(BaseModel):
    """
    What the commune offers.
    """

    items: list[OfferedSiteOut]
    next_cursor: str | None = None


class PageQueuedBookingOut(BaseModel):
    items: list[QueuedBookingOut]
    next_cursor: str | None = None


class ActivityDaysOut(BaseModel):
    """
    The days of one activity: a row of the calendar.
    """

    activity_id: str
    label: str
    payment_mode: Literal['prepaid', 'month_end']
    days: list[DayOut]


class ActivityOut(BaseModel):
    """
    An activity as agents see it; days before ``tariffed_from`` have no tariff, without it none has.
    """

    activity_id: str
    version: int
    site_id: str
    label: str
    regie_id: str
    unit: Literal['unit', 'half_day', 'day', 'quarter_hour']
    payment_mode: Literal['prepaid', 'month_end']
    decision: Literal['auto', 'agent']
    cancellation_decision: Literal['auto', 'agent']
    weekdays: list[int]
    holiday_weekdays: list[int] | None
    opens_on: date_aliased | None
    closes_on: date_aliased | None
    open_in_holidays: Literal['school', 'holidays', 'always']
    default_capacity: int
    hold_seconds: int
    levels: list[Literal['nursery', 'elementary', 'other']]
    booking_deadline: (
        NoDeadline
        | Never
        | SameDay
        | HoursBefore
        | DaysBefore
        | WeekdayBefore
        | Batch
        | MonthBefore
        | Windows
        | HolidayWindow
    ) = Field(..., discriminator='kind')
    cancellation_deadline: (
        NoDeadline
        | Never
        | SameDay
        | HoursBefore
        | DaysBefore
        | WeekdayBefore
        | Batch
        | MonthBefore
        | Windows
        | HolidayWindow
    ) = Field(..., discriminator='kind')
    components: list[PriceComponent]
    status: Literal['active', 'closed']
    tariffed_from: date_aliased | None = None


class AheadOut(BaseModel):
    """
    What lies ahead of a family: the lines in the basket, the coming days, the deadlines to keep.

    ``debt_cents`` keep it from booking, 0 when nothing does.
    """

    debt_cents: int
    basket_lines: int
    bookings: list[ComingBookingOut]
    deadlines: list[ComingDeadlineOut]


class BasketOut(BaseModel):
    """
    A basket as it stands; ``restorable`` lines were in it when it was emptied and can come back.

    ``children`` are all those of the family, the eldest first.
    """

    basket_id: str
    children: list[FamilyChildOut]
    lines: list[LineOut]
    groups: list[GroupOut]
    restorable: int


class CalendarOut(BaseModel):
    """
    The calendar of a child at a site; ``from`` and ``to`` are both included.
    """

    site_id: str
    child_id: str
    from_: date_aliased = Field(..., alias='from')
    to: date_aliased
    today: date_aliased
    contact: ContactOut
    activities: list[ActivityDaysOut]


class ActivitiesOut(BaseModel):
    """
    The activities of the commune by site and label.
    """

    items: list[ActivityOut]
    next_cursor: str | None = None


class AddedOut(BaseModel):
    """
    The basket after adding, and what a rule refused.
    """

    basket: BasketOut
    refused: list[RefusedLineOut]


class AgendaOut(BaseModel):
    """
    The calendar and the basket of one instant; no ``calendar`` where there is no site or no child.
    """

    sites: list[SiteChoiceOut]
    calendar: CalendarOut | None
    basket: BasketOut
