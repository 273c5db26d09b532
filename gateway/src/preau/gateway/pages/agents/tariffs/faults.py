"""What billing finds wrong with a tariff, by the fields of its form."""

from __future__ import annotations

import re

from preau.gateway.pages.agents.tariffs.quantity import SliceFields
from preau.gateway.pages.forms import Form, Naming
from preau.wording.typography import NARROW_NBSP

KINDS = {
    "price": {"flat", "bands", "effort_rate"},
    "missing": {"highest", "band", "price"},
    "quantity": {"units", "booking", "month", "card"},
    "steps": {"shift", "multiply", "percent", "add", "replace", "bounds"},
}
"""The kinds that billing names behind a part of which there are several."""
NAMES = {"amount_cents": "amount", "floor_cents": "floor", "ceiling_cents": "ceiling"}
LISTS = {"categories", "residencies", "variants", "booked", "also_booked"}
"""Lists that one field of the form states."""
BAND = re.compile(r"(?P<field>rows\.(?P<row>[0-9]+)\.price\.bands)\.(?P<band>[0-9]+)(\..*)?")
LINES_TOLD = 5
"""The lines of a text of bands that are told at once."""


def naming(form: Form) -> Naming:
    """The form's field for a name of billing's."""

    def field(name: str) -> str | None:
        head, _, rest = name.partition(".")
        if head == "definition" and rest:
            return form.name_at(_path(rest.split(".")))
        return form.name_at(["samples", *rest.split(".")]) if head == "facts" and rest else None

    return field


def _path(parts: list[str]) -> list[str]:
    """The path in the terms of the form: without the kinds, and each part by the form's own name."""
    path: list[str] = []
    for at, part in enumerate(parts):
        following = parts[at + 1 :]
        before = path[-1] if path else ""
        of = path[0] if len(path) == 2 and before.isdigit() else before
        if before in LISTS:
            break
        if part in KINDS.get(of, ()) and following and not following[0].isdigit():
            continue
        if before == "quantity" and part in SliceFields.model_fields:
            path.append("slices")
        path.append(NAMES.get(part, part))
    return [*path, "kind"] if path[-1] in {"missing", "quantity", "price"} else path


def told_by_line(form: Form) -> Form:
    """The form with what is wrong with bands told by the text of their lines: "Ligne 2, tranche 3 : …"."""
    told: dict[str, list[str]] = {}
    for name, message in [*form.errors.items()]:
        if found := BAND.fullmatch(name):
            del form.errors[name]
            form.unnamed.discard(name)
            lines = told.setdefault(found["field"], [])
            where = "Tranche" if lines else f"Ligne {int(found['row']) + 1}, tranche"
            line = f"{int(found['band']) + 1}{NARROW_NBSP}: {message}"
            if not any(each.endswith(f" {line}") for each in lines):
                lines.append(f"{where} {line}")
    form.errors |= {name: " ".join(lines[:LINES_TOLD]) for name, lines in told.items()}
    return form
