"""A deadline as a form and as a sentence; the reservations service keeps and checks the declaration."""

from __future__ import annotations

import re
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
from preau.wording.dates import WEEKDAYS

Deadline = NoDeadline | SameDay | HoursBefore | DaysBefore | WeekdayBefore | Batch | MonthBefore | Windows

EDITABLE = ("none", "same_day", "hours_before", "days_before", "weekday_before")
"""The kinds that the form can state; another one is kept as it is unless the agent picks one of these."""


def deadline_values(name: str, deadline: Deadline) -> dict[str, object]:
    """The form's values for a declaration."""
    kind = deadline.kind if deadline.kind in EDITABLE else "kept"
    return {f"{name}_{field}": value for field, value in {"kind": kind, **_fields(deadline)}.items()}


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
        case _:
            return {}


def deadline_names(name: str) -> dict[str, str]:
    """The form's field for each name by which the service tells what is wrong with a declaration."""
    fields = ("days", "hours", "weekday", "weeks", "at", "day_type")
    return {f"{name}_deadline.{kind}.{field}": f"{name}_{field}" for kind in EDITABLE for field in fields}


WANTED: dict[str, tuple[str, ...]] = {
    "none": (),
    "same_day": ("at",),
    "hours_before": ("hours",),
    "days_before": ("days", "at", "day_type"),
    "weekday_before": ("weekday", "at", "weeks"),
}
"""What the form asks for each kind; a declaration may say more, which the form does not show and keeps."""


def deadline_from(name: str, form: Form, present: Deadline) -> dict[str, Any] | None:
    """The declaration that a form states, None to keep the present one; notes what is missing.

    Of the same kind as the present one, it keeps what the form does not show (weekdays that do not count,
    rolling back, school weeks, the hour at which the activity starts).
    """
    kind = form.value(f"{name}_kind")
    if kind not in EDITABLE:
        return None
    declared: dict[str, Any] = present.model_dump(mode="json") if present.kind == kind else {"kind": kind}
    for field in WANTED[kind]:
        value = form.value(f"{name}_{field}")
        if value == "":
            form.errors[f"{name}_{field}"] = "Cette valeur est nécessaire pour ce type de délai."
        elif field in {"days", "hours", "weekday", "weeks"}:
            declared[field] = form.whole(f"{name}_{field}")
        else:
            declared[field] = value
    return declared


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
        case Windows():
            return "Selon des périodes par dates"


def _until(at: str) -> str:
    return "fin de journée" if at == "24:00" else at.replace(":", " h ")
