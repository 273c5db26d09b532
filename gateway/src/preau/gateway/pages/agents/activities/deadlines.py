"""A deadline as a form and as a sentence; the reservations service keeps and checks the declaration."""

from __future__ import annotations

import re
from typing import Any

from preau.gateway.pages.agents.labels import DAY_TYPE, WEEKDAYS
from preau.gateway.pages.forms import Form

EDITABLE = ("none", "same_day", "hours_before", "days_before", "weekday_before")
"""The kinds that the form can state; another one is kept as it is unless the agent picks one of these."""


def deadline_values(name: str, deadline: dict[str, Any]) -> dict[str, Any]:
    """The form's values for a declaration."""
    kind = deadline["kind"]
    values: dict[str, Any] = {f"{name}_kind": kind if kind in EDITABLE else "kept"}
    for field in ("days", "hours", "weekday", "weeks", "at", "day_type"):
        if field in deadline:
            values[f"{name}_{field}"] = deadline[field]
    return values


def deadline_names(name: str) -> dict[str, str]:
    """The form's field for each name by which the service tells what is wrong with a declaration."""
    fields = ("days", "hours", "weekday", "weeks", "at", "day_type")
    return {f"{name}_deadline.{kind}.{field}": f"{name}_{field}" for kind in EDITABLE for field in fields}


def deadline_from(name: str, form: Form) -> dict[str, Any] | None:
    """The declaration that a form states, None to keep the present one; notes what is missing."""
    kind = form.value(f"{name}_kind")
    if kind not in EDITABLE:
        return None
    declared: dict[str, Any] = {"kind": kind}
    wanted = {
        "none": (),
        "same_day": ("at",),
        "hours_before": ("hours",),
        "days_before": ("days", "at", "day_type"),
        "weekday_before": ("weekday", "at", "weeks"),
    }[kind]
    for field in wanted:
        value = form.value(f"{name}_{field}")
        if value == "":
            form.errors[f"{name}_{field}"] = "Cette valeur est nécessaire pour ce type de délai."
        elif field in {"days", "hours", "weekday", "weeks"}:
            declared[field] = form.whole(f"{name}_{field}")
        else:
            declared[field] = value
    return declared


def deadline_text(deadline: dict[str, Any]) -> str:
    """A sentence for an agent."""
    at = str(deadline.get("at", ""))
    until = "fin de journée" if at == "24:00" else at.replace(":", " h ")
    match deadline["kind"]:
        case "none":
            return "Jusqu’à la fin du jour même"
        case "same_day":
            return f"Le jour même avant {until}"
        case "hours_before":
            return f"{deadline['hours']} heures avant"
        case "days_before":
            days = deadline["days"]
            count = dict(DAY_TYPE)[deadline.get("day_type", "calendar")]
            if days < 2:
                count = re.sub(r"^(jour)s( ouvré| franc|)s?\b", r"\1\2", count)
            return f"{days} {count} avant, {until}"
        case "weekday_before":
            weeks = deadline.get("weeks", 1)
            which = {0: "de la même semaine", 1: "de la semaine d’avant"}.get(
                weeks, f"{weeks} semaines avant"
            )
            return f"Le {WEEKDAYS[deadline['weekday']]} {which}, {until}"
        case "batch":
            return "Selon un tableau par jour de la semaine"
        case "month_before":
            return f"Le {deadline['day']} du mois d’avant, {until}"
        case _:
            return "Selon des périodes par dates"
