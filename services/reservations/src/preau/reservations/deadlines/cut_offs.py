"""The instant of a declared deadline for one day of service: one pure function a kind."""

import calendar as months
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import singledispatch

from preau.reservations.calendars.civil import civil_instant, instant
from preau.reservations.calendars.domain import CLASS_WEEKDAYS, SATURDAY, CommuneCalendar
from preau.reservations.deadlines.domain import (
    Batch,
    BatchLine,
    DaysBefore,
    Deadline,
    HolidayWindow,
    HoursBefore,
    MonthBefore,
    Never,
    NoDeadline,
    OpensDays,
    OpensOn,
    OpensWeekday,
    SameDay,
    WeekdayBefore,
    Window,
    Windows,
)

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(weeks=1)
FARTHEST = 400
"""Days that a count of days may go back: beyond, the calendar has no day of that type."""
NEVER_OPEN = datetime(1970, 1, 1, tzinfo=UTC)
"""The cut-off of a day that is never open: no window has it, no line of a table, or nobody may act at all."""

IsServed = Callable[[date], bool]
Rolled = DaysBefore | WeekdayBefore | Batch | MonthBefore


def cut_off(deadline: Deadline, day: date, calendar: CommuneCalendar, is_served: IsServed) -> datetime:
    """The first instant (UTC) at which it is too late to act on ``day``.

    ``is_served`` tells on which days the activity takes place. Whatever is declared, nobody acts on a day
    once it is over.
    """
    return min(_cut_off(deadline, day, calendar, is_served), instant(day, "24:00", calendar.zone))


def opening(deadline: Deadline, day: date, calendar: CommuneCalendar) -> datetime | None:
    """The instant from which one may act on ``day``, where the deadline has one: the later of two."""
    found = [
        each for each in (_own_opening(deadline, day, calendar), _opens(deadline, day, calendar)) if each
    ]
    return max(found, default=None)


def _own_opening(deadline: Deadline, day: date, calendar: CommuneCalendar) -> datetime | None:
    """What the kind itself says of it."""
    match deadline:
        case Windows():
            window = _window_of(deadline, day)
            first = window.opens_on if window else None
        case HolidayWindow(opens_days=days) if days is not None:
            begins = _begin_of_holiday(day, calendar)
            first = begins - timedelta(days=days) if begins else None
        case _:
            first = None
    return None if first is None else instant(first, "00:00", calendar.zone)


def _opens(deadline: Deadline, day: date, calendar: CommuneCalendar) -> datetime | None:
    match deadline.opens:
        case None:
            return None
        case OpensDays(days=days, at=at):
            first = day - timedelta(days=days)
        case OpensWeekday(weekday=weekday, weeks=weeks, at=at):
            first = day - timedelta(days=day.weekday()) - weeks * ONE_WEEK + timedelta(days=weekday)
        case OpensOn(day=first, at=at):
            pass
    return instant(first, at, calendar.zone)


@singledispatch
def _cut_off(deadline: object, day: date, calendar: CommuneCalendar, is_served: IsServed) -> datetime:
    raise TypeError(f"no such deadline: {deadline!r}")


@_cut_off.register
def _none(deadline: NoDeadline, day: date, calendar: CommuneCalendar, is_served: IsServed) -> datetime:
    return instant(day, "24:00", calendar.zone)


@_cut_off.register
def _never(deadline: Never, day: date, calendar: CommuneCalendar, is_served: IsServed) -> datetime:
    return NEVER_OPEN


@_cut_off.register
def _same_day(deadline: SameDay, day: date, calendar: CommuneCalendar, is_served: IsServed) -> datetime:
    return instant(day, deadline.at, calendar.zone)


@_cut_off.register
def _hours_before(
    deadline: HoursBefore, day: date, calendar: CommuneCalendar, is_served: IsServed
) -> datetime:
    if deadline.starts_at == "24:00":
        start = datetime.combine(day + ONE_DAY, time())
    else:
        start = datetime.combine(day, time.fromisoformat(deadline.starts_at))
    return civil_instant(start - timedelta(hours=deadline.hours), calendar.zone)


@_cut_off.register(DaysBefore)
@_cut_off.register(WeekdayBefore)
@_cut_off.register(Batch)
@_cut_off.register(MonthBefore)
def _on_a_day(deadline: Rolled, day: date, calendar: CommuneCalendar, is_served: IsServed) -> datetime:
    last = _last_day(deadline, day, calendar, is_served)
    if last is None:
        return NEVER_OPEN
    return instant(_rolled(last, deadline, calendar), _at(deadline, day), calendar.zone)


def moved(
    deadline: Deadline, day: date, calendar: CommuneCalendar, is_served: IsServed
) -> tuple[date, date] | None:
    """The last day to act as it is stated, and the one to which it is moved back; None where it is not."""
    if not isinstance(deadline, DaysBefore | WeekdayBefore | Batch | MonthBefore):
        return None
    stated = _last_day(deadline, day, calendar, is_served)
    last = None if stated is None else _rolled(stated, deadline, calendar)
    return None if stated is None or last is None or last == stated else (stated, last)


def _at(deadline: Rolled, day: date) -> str:
    """The time of the last day; of a table, that of the day's line."""
    if isinstance(deadline, Batch):
        line = _line_of(deadline, day)
        return line.at if line else "24:00"
    return deadline.at


@singledispatch
def _last_day(deadline: object, day: date, calendar: CommuneCalendar, is_served: IsServed) -> date | None:
    """The last day to act as it is stated; None where a table says nothing of the day."""
    raise TypeError(f"no last day: {deadline!r}")


@_last_day.register
def _days_before(deadline: DaysBefore, day: date, calendar: CommuneCalendar, is_served: IsServed) -> date:
    counts: dict[str, IsServed] = {
        "calendar": lambda _: True,
        "clear": lambda _: True,
        "working": calendar.is_working_day,
        "school": calendar.is_school_day,
        "service": is_served,
    }
    days = deadline.days + 1 if deadline.day_type == "clear" else deadline.days
    return _count_back(
        day,
        days,
        lambda d: (
            d.weekday() not in deadline.skip_weekdays
            and counts[deadline.day_type](d)
            and not any(_SKIPPED[what](d, calendar) for what in deadline.skip)
        ),
    )


_SKIPPED: dict[str, Callable[[date, CommuneCalendar], bool]] = {
    "public_holidays": lambda day, calendar: calendar.public_holiday(day) is not None,
    "school_holidays": lambda day, calendar: calendar.school_holiday(day) is not None,
    "closures": lambda day, calendar: calendar.closure(day, None) is not None,
}


@_last_day.register
def _weekday_before(
    deadline: WeekdayBefore, day: date, calendar: CommuneCalendar, is_served: IsServed
) -> date:
    monday = day - timedelta(days=day.weekday())
    to_go = deadline.weeks
    for _ in range(FARTHEST):
        if to_go == 0:
            break
        monday -= ONE_WEEK
        if deadline.week_type == "calendar" or _has_school(monday, calendar):
            to_go -= 1
    return monday + timedelta(days=deadline.weekday)


@_last_day.register
def _batch(deadline: Batch, day: date, calendar: CommuneCalendar, is_served: IsServed) -> date | None:
    line = _line_of(deadline, day)
    if line is None:
        return None
    return day - timedelta(days=(day.weekday() - line.weekday - 1) % 7 + 1) - (line.weeks - 1) * ONE_WEEK


def _line_of(deadline: Batch, day: date) -> BatchLine | None:
    return next((line for line in deadline.lines if day.weekday() in line.service_weekdays), None)


@_last_day.register
def _month_before(deadline: MonthBefore, day: date, calendar: CommuneCalendar, is_served: IsServed) -> date:
    year, month0 = divmod(day.year * 12 + day.month - 1 - deadline.months, 12)
    length = months.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(deadline.day, length))


@_cut_off.register
def _windows(deadline: Windows, day: date, calendar: CommuneCalendar, is_served: IsServed) -> datetime:
    window = _window_of(deadline, day)
    if window is None:
        return NEVER_OPEN
    return instant(window.closes_on, window.at, calendar.zone)


@_cut_off.register
def _holiday_window(
    deadline: HolidayWindow, day: date, calendar: CommuneCalendar, is_served: IsServed
) -> datetime:
    begins = _begin_of_holiday(day, calendar)
    if begins is None:
        return NEVER_OPEN
    return instant(begins - timedelta(days=deadline.closes_days), deadline.at, calendar.zone)


def _begin_of_holiday(day: date, calendar: CommuneCalendar) -> date | None:
    """The first day of the school holiday that ``day`` is in."""
    name = calendar.school_holiday(day)
    if name is None:
        return None
    for _ in range(FARTHEST):
        if calendar.school_holiday(day - ONE_DAY) != name:
            break
        day -= ONE_DAY
    return day


def _window_of(deadline: Windows, day: date) -> Window | None:
    return next((w for w in deadline.windows if w.first_day <= day <= w.last_day), None)


def _count_back(day: date, days: int, counts: IsServed) -> date:
    current = day
    for _ in range(FARTHEST):
        if days == 0:
            break
        current -= ONE_DAY
        days -= counts(current)
    return current


def _rolled(day: date, deadline: Rolled, calendar: CommuneCalendar) -> date:
    """The last day that is none of those on which the deadline does not fall."""
    holiday = deadline.on_holiday == "roll_back"
    weekend = (deadline.on_weekend or deadline.on_holiday) == "roll_back"
    school = deadline.on_school_holiday == "roll_back"
    for _ in range(FARTHEST if holiday or weekend or school else 0):
        is_off = (
            (weekend and day.weekday() >= SATURDAY)
            or (holiday and calendar.public_holiday(day) is not None)
            or (school and calendar.school_holiday(day) is not None)
        )
        if not is_off:
            break
        day -= ONE_DAY
    return day


def _has_school(monday: date, calendar: CommuneCalendar) -> bool:
    return any(calendar.is_school_day(monday + timedelta(days=n)) for n in CLASS_WEEKDAYS)
