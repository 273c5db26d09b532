"""Whether a deadline makes sense for the days on which an activity takes place: one pure function a fault.

Checked when an activity is entered or changed; what was entered before is read all the same.
"""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from itertools import pairwise

from preau.reservations.calendars.published import commune_calendar
from preau.reservations.deadlines.cut_offs import NEVER_OPEN, cut_off, opening
from preau.reservations.deadlines.domain import (
    Batch,
    DaysBefore,
    Deadline,
    MonthBefore,
    Never,
    WeekdayBefore,
    Windows,
)
from preau.wording.dates import WEEKDAYS, weekday_date

Weekdays = Collection[int]
COUNTED: dict[str, frozenset[int]] = {"working": frozenset(range(5)), "school": frozenset({0, 1, 3, 4})}
"""The weekdays that may count, where the type of the days says so."""


def fault(deadline: Deadline, weekdays: Weekdays) -> str | None:
    """What is wrong with ``deadline`` for an activity of these weekdays (0 is Monday), or None."""
    return next((found for check in CHECKS if (found := check(deadline, weekdays)) is not None), None)


def closes_after_the_service(deadline: Deadline, weekdays: Weekdays) -> str | None:
    """A weekday of the same week, or a day of the same month, comes too late for some of the days."""
    match deadline:
        case WeekdayBefore(weeks=0, weekday=weekday) if sooner := sorted(d for d in weekdays if d < weekday):
            days = _named(sooner)
            return f"Le {WEEKDAYS[weekday]} de la même semaine vient après le service ({days})."
        case MonthBefore(months=0, day=day) if day > 1:
            return f"Le {day} du même mois vient après les premiers jours de service du mois."
        case _:
            return None


def counts_no_day(deadline: Deadline, weekdays: Weekdays) -> str | None:
    """Where every weekday that could count is skipped, the count never ends."""
    if not isinstance(deadline, DaysBefore) or deadline.days == 0:
        return None
    may_count = weekdays if deadline.day_type == "service" else COUNTED.get(deadline.day_type, range(7))
    if set(may_count) - set(deadline.skip_weekdays):
        return None
    return "Tous les jours qui pourraient compter sont exclus du décompte."


def leaves_days_out(deadline: Deadline, weekdays: Weekdays) -> str | None:
    """A table says for each day of service until when."""
    if not isinstance(deadline, Batch):
        return None
    named = {day for line in deadline.lines for day in line.service_weekdays}
    left_out = sorted(set(weekdays) - named)
    return f"Le tableau ne dit rien de certains jours de service : {_named(left_out)}." if left_out else None


def windows_overlap(deadline: Deadline, weekdays: Weekdays) -> str | None:
    """A day is in one window at most."""
    if not isinstance(deadline, Windows):
        return None
    in_order = sorted(deadline.windows, key=lambda window: window.first_day)
    if any(one.last_day >= other.first_day for one, other in pairwise(in_order)):
        return "Deux périodes ont des jours en commun."
    return None


def window_closes_after_its_days(deadline: Deadline, weekdays: Weekdays) -> str | None:
    """A window closes before the first of its days of service is over."""
    if not isinstance(deadline, Windows):
        return None
    for window in deadline.windows:
        span = range((window.last_day - window.first_day).days + 1)
        days = (window.first_day + timedelta(days=n) for n in span)
        first = next((day for day in days if day.weekday() in weekdays), window.last_day)
        if window.closes_on > first:
            return f"Une période se clôt après un jour de service, le {weekday_date(first)}."
    return None


def opens_after_it_closes(deadline: Deadline, weekdays: Weekdays) -> str | None:
    """There is a day on which one may act: looked at over a year of plain weeks, and of holidays."""
    if deadline.opens is None or isinstance(deadline, Never):
        return None
    days = (_PLAIN + timedelta(days=n) for n in range(366))
    served = [day for day in days if day.weekday() in set(weekdays)]

    def is_served(day: date) -> bool:
        return day.weekday() in weekdays

    limits = [(opening(deadline, day, _YEAR), cut_off(deadline, day, _YEAR, is_served)) for day in served]
    open_days = [limit for limit in limits if limit[1] != NEVER_OPEN]
    if open_days and all(opens is not None and opens >= closes for opens, closes in open_days):
        return "L’ouverture vient après la limite : personne ne pourrait agir."
    return None


_PLAIN = date(2026, 9, 1)
_YEAR = commune_calendar((), 2026, 2027, time_zone="Europe/Paris", school_zone="A")


CHECKS: tuple[Callable[[Deadline, Weekdays], str | None], ...] = (
    closes_after_the_service,
    counts_no_day,
    leaves_days_out,
    windows_overlap,
    window_closes_after_its_days,
    opens_after_it_closes,
)


def _named(weekdays: Collection[int]) -> str:
    return ", ".join(WEEKDAYS[day] for day in weekdays)
