"""A deadline as a sentence; the reservations service keeps and checks the declaration."""

from __future__ import annotations

import re

from preau.gateway.api.models.reservations import (
    Batch,
    BatchLine,
    DaysBefore,
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
    Windows,
)
from preau.gateway.pages.agents.labels import DAY_TYPE
from preau.wording.dates import WEEKDAYS, full_date, time_of_day
from preau.wording.typography import NARROW_NBSP, counted

Deadline = (
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
)
ROLLED = (DaysBefore, WeekdayBefore, Batch, MonthBefore)
"""The kinds whose last day may fall on one that is not worked."""
_SKIPPED = {
    "public_holidays": "les jours fériés",
    "school_holidays": "les vacances scolaires",
    "closures": "les fermetures",
}
_OFF = {
    "weekend": "un week-end",
    "public_holiday": "un jour férié",
    "school_holiday": "les vacances",
}


def deadline_text(deadline: Deadline) -> str:
    """A sentence for an agent."""
    return "".join([_limit(deadline), _moved(deadline), _opening(deadline)])


def deadline_told(deadline: Deadline) -> str:
    """The sentence that tells one declaration from another: periods and lines one by one."""
    match deadline:
        case Windows(windows=windows):
            told = f"{NARROW_NBSP}; ".join(
                f"du {full_date(each.first_day)} au {full_date(each.last_day)}, "
                + (f"à partir du {full_date(each.opens_on)} et " if each.opens_on else "")
                + f"jusqu’au {full_date(each.closes_on)}, {_until(each.at)}"
                for each in windows
            )
        case Batch(lines=lines):
            told = f"{NARROW_NBSP}; ".join(map(_line, lines))
        case _:
            told = _limit(deadline)
    return "".join([told, _moved(deadline), _opening(deadline)])


def _limit(deadline: Deadline) -> str:
    match deadline:
        case NoDeadline():
            return "Jusqu’à la fin du jour même"
        case Never():
            return "Jamais"
        case SameDay(at=at):
            return f"Le jour même avant {_until(at)}"
        case HoursBefore(hours=hours):
            return f"{hours} heures avant"
        case DaysBefore(days=days, day_type=day_type, at=at):
            count = dict(DAY_TYPE)[day_type]
            if days < 2:
                count = re.sub(r"^(jour)s( ouvré| franc|)s?\b", r"\1\2", count)
            return f"{days} {count} avant, {_until(at)}"
        case WeekdayBefore(weekday=weekday, weeks=weeks, at=at, week_type=week_type):
            school = " d’école" if week_type == "school" and weeks else ""
            return f"Le {WEEKDAYS[weekday]} {_weeks(weeks, school)}, {_until(at)}"
        case Batch():
            return "Selon un tableau par jour de la semaine"
        case MonthBefore(day=day, months=months, at=at):
            which = {0: "même mois", 1: "mois d’avant"}.get(months, f"mois, {months} mois avant")
            return f"Le {day} du {which}, {_until(at)}"
        case Windows(windows=windows):
            return f"Selon {counted(len(windows), 'période par dates', 'périodes par dates')}"
        case HolidayWindow(closes_days=days, at=at):
            return f"{_around(days)} le début des vacances, {_until(at)}"


def _weeks(weeks: int, school: str = "") -> str:
    named = {0: "de la même semaine", 1: f"de la semaine{school} d’avant"}
    return named.get(weeks, f"{weeks} semaines{school} avant")


def _around(days: int) -> str:
    """So many days before, or after where it is below zero."""
    told = counted(abs(days), "jour", "jours")
    return f"{told} {'avant' if days >= 0 else 'après'}"


def _line(line: BatchLine) -> str:
    served = ", ".join(WEEKDAYS[day] for day in line.service_weekdays)
    before = "d’avant" if line.weeks == 1 else f"{line.weeks} semaines avant"
    return f"{served}{NARROW_NBSP}: le {WEEKDAYS[line.weekday]} {before}, {_until(line.at)}"


def _moved(deadline: Deadline) -> str:
    """What does not count, and over what the limit is moved back."""
    parts: list[str] = []
    if isinstance(deadline, DaysBefore):
        left_out = [f"le {WEEKDAYS[day]}" for day in deadline.skip_weekdays]
        left_out += [_SKIPPED[each] for each in deadline.skip]
        parts += [f", sans compter {_or(left_out, 'et')}"] if left_out else []
    off = [_OFF[name] for name in rolled_over(deadline)]
    parts += [f", avancé si c’est {_or(off, 'ou')}"] if off else []
    return "".join(parts)


def rolled_over(deadline: Deadline) -> list[str]:
    """The days over which the limit is moved back, by the form's names."""
    if not isinstance(deadline, ROLLED):
        return []
    policies = {
        "weekend": deadline.on_weekend or deadline.on_holiday,
        "public_holiday": deadline.on_holiday,
        "school_holiday": deadline.on_school_holiday,
    }
    return [name for name, policy in policies.items() if policy == "roll_back"]


def _or(words: list[str], link: str) -> str:
    return f" {link} ".join(part for part in [", ".join(words[:-1]), words[-1]] if part)


def _opening(deadline: Deadline) -> str:
    match deadline.opens:
        case OpensDays(days=days, at=at):
            when = f"{_around(days)}, {_from(at)}"
        case OpensWeekday(weekday=weekday, weeks=weeks, at=at):
            when = f"le {WEEKDAYS[weekday]} {_weeks(weeks)}, {_from(at)}"
        case OpensOn(day=day, at=at):
            when = f"le {full_date(day)}, {_from(at)}"
        case _:
            days = deadline.opens_days if isinstance(deadline, HolidayWindow) else None
            if days is None:
                return ""
            when = f"{_around(days)} le début des vacances"
    return f"{NARROW_NBSP}; ouvre {when}"


def _from(at: str) -> str:
    return "à minuit" if at == "00:00" else f"à {_until(at)}"


def _until(at: str) -> str:
    if at == "24:00":
        return "fin de journée"
    try:
        return time_of_day(at)
    except ValueError:  # typed, and not looked at by the service yet
        return at
