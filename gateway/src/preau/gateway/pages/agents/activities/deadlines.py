"""A deadline as a form and as a sentence; the reservations service keeps and checks the declaration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from preau.gateway.api.models.reservations import (
    Batch,
    DaysBefore,
    HoursBefore,
    MonthBefore,
    NoDeadline,
    SameDay,
    WeekdayBefore,
    Windows,
)
from preau.gateway.pages.agents.labels import DAY_TYPE
from preau.gateway.pages.forms import Form
from preau.wording.dates import WEEKDAYS, full_date, time_of_day
from preau.wording.typography import counted

Deadline = NoDeadline | SameDay | HoursBefore | DaysBefore | WeekdayBefore | Batch | MonthBefore | Windows

EDITABLE = ("none", "same_day", "hours_before", "days_before", "weekday_before", "windows")
"""The kinds that the form can state; another one is kept as it is unless the agent picks one of these."""


def deadline_values(name: str, deadline: Deadline) -> dict[str, object]:
    """The form's values for a declaration."""
    kind = deadline.kind if deadline.kind in EDITABLE else "kept"
    return {f"{name}.{field}": value for field, value in {"kind": kind, **_fields(deadline)}.items()}


def _fields(deadline: Deadline) -> dict[str, object]:
    match deadline:
        case SameDay(at=at):
            return {"at": at}
        case HoursBefore(hours=hours):
            return {"hours": hours}
        case DaysBefore(days=days, at=at, day_type=day_type):
            return {"days": days, "at": at, "day_type": day_type}
        case WeekdayBefore(weekday=weekday, weeks=weeks, at=at):
            return {"weekday": weekday, "weeks": weeks, "at": at}
        case Windows(windows=windows):
            return {
                f"windows.{row}.{field}": value
                for row, window in enumerate(windows)
                for field, value in window.model_dump().items()
            }
        case _:
            return {}


def deadline_names(name: str, form: Form) -> dict[str, str]:
    """The form's field for each name by which the service tells what is wrong with a declaration."""
    windows = f"{name}_deadline.windows.windows"
    by_row = {
        f"{windows}.{entry}{part}": f"{name}.windows.{row}.{field}"
        for entry, row in enumerate(form.rows.get(f"{name}.windows", ()))
        for part, field in [("", WINDOW[0]), *((f".{each}", each) for each in WINDOW)]
    }
    fields = ("days", "hours", "weekday", "weeks", "at", "day_type")
    by_field = {f"{name}_deadline.{kind}.{field}": f"{name}.{field}" for kind in EDITABLE for field in fields}
    return {f"{name}_deadline": f"{name}.kind", **by_field, **by_row}


WINDOW = ("first_day", "last_day", "opens_on", "closes_on", "at")
"""The fields of a window."""
WANTED: dict[str, tuple[str, ...]] = {
    "none": (),
    "same_day": ("at",),
    "hours_before": ("hours",),
    "days_before": ("days", "at", "day_type"),
    "weekday_before": ("weekday", "at", "weeks"),
    "windows": ("windows",),
}
"""What the form asks for each kind; a declaration may say more, which the form does not show and keeps."""


def declared(kind: str, fields: Mapping[str, object], present: Deadline) -> dict[str, Any]:
    """The declaration of a kind with its ``fields``.

    Of the same kind as the present one, it keeps what the form does not show (weekdays that do not count,
    rolling back, school weeks, the hour at which the activity starts).
    """
    kept: dict[str, Any] = present.model_dump(mode="json") if present.kind == kind else {"kind": kind}
    return kept | {field: fields[field] for field in WANTED[kind]}


def deadline_text(deadline: Deadline) -> str:
    """A sentence for an agent."""
    match deadline:
        case NoDeadline():
            return "Jusqu’à la fin du jour même"
        case SameDay(at=at):
            return f"Le jour même avant {_until(at)}"
        case HoursBefore(hours=hours):
            return f"{hours} heures avant"
        case DaysBefore(days=days, day_type=day_type, at=at):
            count = dict(DAY_TYPE)[day_type]
            if days < 2:
                count = re.sub(r"^(jour)s( ouvré| franc|)s?\b", r"\1\2", count)
            return f"{days} {count} avant, {_until(at)}"
        case WeekdayBefore(weekday=weekday, weeks=weeks, at=at):
            which = {0: "de la même semaine", 1: "de la semaine d’avant"}.get(
                weeks, f"{weeks} semaines avant"
            )
            return f"Le {WEEKDAYS[weekday]} {which}, {_until(at)}"
        case Batch():
            return "Selon un tableau par jour de la semaine"
        case MonthBefore(day=day, at=at):
            return f"Le {day} du mois d’avant, {_until(at)}"
        case Windows(windows=windows):
            return f"Selon {counted(len(windows), 'période par dates', 'périodes par dates')}"


def deadline_told(deadline: Deadline) -> str:
    """The sentence that tells one declaration from another: periods one by one."""
    if not isinstance(deadline, Windows):
        return deadline_text(deadline)
    return " ; ".join(
        f"du {full_date(each.first_day)} au {full_date(each.last_day)}, "
        + (f"à partir du {full_date(each.opens_on)} et " if each.opens_on else "")
        + f"jusqu’au {full_date(each.closes_on)}, {_until(each.at)}"
        for each in deadline.windows
    )


def _until(at: str) -> str:
    if at == "24:00":
        return "fin de journée"
    try:
        return time_of_day(at)
    except ValueError:  # typed, and not looked at by the service yet
        return at
