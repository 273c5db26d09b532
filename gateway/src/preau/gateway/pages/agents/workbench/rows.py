"""Rows of a form that come as they are needed: as many as were typed, one more when asked for."""

from __future__ import annotations

import re

from starlette.datastructures import FormData

from preau.gateway.pages.forms import Form

ADD = "add"
"""The field of the button that asks for one row more; its value is the group's name."""


def asks_for_a_row(data: FormData) -> bool:
    """Whether the form was sent for a row more, rather than to be kept."""
    return bool(data.get(ADD))


def rows_shown(form: Form, name: str, least: int, most: int) -> int:
    """How many rows of a group to show."""
    pattern = re.compile(rf"{re.escape(name)}\.([0-9]{{1,3}})\.")
    typed = [int(found[1]) + 1 for each in form.values if (found := pattern.match(each))]
    more = 1 if form.value(ADD) == name else 0
    return min(max([least, *typed]) + more, most)
