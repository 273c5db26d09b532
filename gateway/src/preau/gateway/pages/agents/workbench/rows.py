"""Rows of a form that come as they are needed: as many as were typed, one more or less, in another order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData

from preau.gateway.pages.forms import Form

ADD = "add"
"""The field of the button that asks for one row more; its value is the group's name."""
UP, REMOVE = "up", "remove"
"""The fields of the buttons that move a row up and take it away; their value is the row."""
ACTS = (ADD, UP, REMOVE)

_ROW = re.compile(r"(?P<group>[a-z_.]{1,80})\.(?P<number>[0-9]{1,3})")


def asks_for_rows(data: FormData) -> bool:
    """Whether the form was sent for other rows, rather than to be kept."""
    return any(data.get(act) for act in ACTS)


def rows_shown(form: Form, name: str, least: int, most: int) -> int:
    """How many rows of a group to show."""
    pattern = re.compile(rf"{re.escape(name)}\.([0-9]{{1,3}})\.")
    typed = [int(found[1]) + 1 for each in form.values if (found := pattern.match(each))]
    more = 1 if form.value(ADD) == name else 0
    return min(max([least, *typed]) + more, most)


def arranged(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, with the row moved up or taken away that a button names."""
    if found := _ROW.fullmatch(str(values.get(UP, ""))):
        group, number = found["group"], int(found["number"])
        return _renumbered(values, group, {number: number - 1, number - 1: number} if number else {})
    if found := _ROW.fullmatch(str(values.get(REMOVE, ""))):
        group, number = found["group"], int(found["number"])
        rows = {_number(name, group) for name in values} - {None}
        after = {each: each - 1 for each in rows if each is not None and each > number}
        return _renumbered(values, group, {number: None, **after})
    return dict(values)


def _number(name: str, group: str) -> int | None:
    """The row of a group that a field stands in."""
    found = re.match(rf"{re.escape(group)}\.([0-9]{{1,3}})\.", name)
    return int(found[1]) if found else None


def _renumbered(values: Mapping[str, Any], group: str, numbers: Mapping[int, int | None]) -> dict[str, Any]:
    """The values with some rows under other numbers; those under none are gone."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        number = _number(name, group)
        to = None if number is None else numbers.get(number, number)
        if number is None:
            kept[name] = value
        elif to is not None:
            kept[f"{group}.{to}.{name.removeprefix(f'{group}.{number}.')}"] = value
    return kept
