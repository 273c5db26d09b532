"""An activity (prestation): what is booked at a site, a date at a time."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from preau.contracts.reservations import PaymentMode
from preau.reservations.calendars.domain import SCHOOL_WEEKDAYS, CommuneCalendar
from preau.reservations.deadlines.domain import Deadline, NoDeadline

Unit = Literal["unit", "half_day", "day", "quarter_hour"]
Decision = Literal["auto", "agent"]
OpenIn = Literal["school", "holidays", "always"]
Level = Literal["nursery", "elementary", "other"]
ActivityStatus = Literal["active", "closed"]
NO_DEADLINE = NoDeadline()


@dataclass(frozen=True, slots=True)
class Activity:
    """What the rules need to know of an activity.

    ``weekdays`` (0 is Monday) hold in school time, ``holiday_weekdays`` within school holidays;
    ``opens_on`` and ``closes_on`` are both included; no ``levels`` means every child. Days before
    ``tariffed_from`` have no tariff.
    """

    activity_id: UUID
    commune_id: UUID
    site_id: UUID
    site_label: str
    label: str
    regie_id: UUID
    unit: Unit = "unit"
    payment_mode: PaymentMode = "month_end"
    decision: Decision = "auto"
    cancellation_decision: Decision = "auto"
    weekdays: tuple[int, ...] = (0, 1, 3, 4)
    holiday_weekdays: tuple[int, ...] | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    open_in_holidays: OpenIn = "school"
    default_capacity: int = 0
    hold_seconds: int = 900
    levels: tuple[Level, ...] = ()
    booking_deadline: Deadline = NO_DEADLINE
    cancellation_deadline: Deadline = NO_DEADLINE
    status: ActivityStatus = "active"
    class_weekdays: frozenset[int] = SCHOOL_WEEKDAYS
    """The weekdays that have class at its site."""
    tariffed_from: date | None = None

    @property
    def is_prepaid(self) -> bool:
        return self.payment_mode == "prepaid"

    def has_tariff(self, day: date) -> bool:
        """Whether billing has a price for ``day``."""
        return self.tariffed_from is not None and self.tariffed_from <= day

    def serves_weekday(self, day: date, calendar: CommuneCalendar) -> bool:
        """Whether the activity takes place on this weekday, in or out of the school holidays."""
        if calendar.school_holiday(day) and self.holiday_weekdays is not None:
            return day.weekday() in self.holiday_weekdays
        return day.weekday() in self.weekdays

    def keeps_holidays(self, day: date, calendar: CommuneCalendar) -> bool:
        """Whether the activity is open in what ``day`` is: school time or school holidays."""
        if self.open_in_holidays == "always":
            return True
        return bool(calendar.school_holiday(day)) == (self.open_in_holidays == "holidays")

    def is_served(self, day: date, calendar: CommuneCalendar) -> bool:
        """Whether ``day`` is a day of service, whatever the season says: what deadlines count by."""
        return (
            self.serves_weekday(day, calendar)
            and self.keeps_holidays(day, calendar)
            and calendar.public_holiday(day) is None
            and calendar.closure(day, self.site_id) is None
        )

    def days_between(self, first: date, last: date, calendar: CommuneCalendar) -> list[date]:
        """The days of service from ``first`` to ``last``, both included, within the season."""
        span = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in span if self.in_season(day) and self.is_served(day, calendar)]

    def in_season(self, day: date) -> bool:
        """Whether ``day`` lies between opening and closing of the activity."""
        return (self.opens_on is None or day >= self.opens_on) and (
            self.closes_on is None or day <= self.closes_on
        )
