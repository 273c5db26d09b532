"""How the parts of a tariff are typed: amounts and numbers with a comma, times, lists of codes in words."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, cast

from pydantic import BeforeValidator

from preau.gateway.pages.form_fields import wrong
from preau.wording.kinds import LEVEL, RESIDENCY

Typed = dict[str, Any]
"""The fields of a part as they are typed, by their names: a group in one of its own, rows in a list."""

MARK = "="
"""Before a code that must not be taken for one of our words."""


def cents_typed(cents: int | None) -> str:
    """Cents as an agent types euros: "3,45"."""
    if cents is None:
        return ""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02d}"


def number_typed(value: str | Decimal | None) -> str:
    """A decimal as it is typed, with all of its digits: "12,50"."""
    return "" if value is None else f"{Decimal(value):f}".replace(".", ",")


def number_stated(value: Decimal | None) -> str | None:
    """A typed decimal as billing tells it."""
    return None if value is None else str(value)


def time_typed(value: time | None) -> str:
    """A time of the day as it is typed: "18:30", with its seconds where it has some."""
    return "" if value is None else value.isoformat("auto" if value.second else "minutes")


def codes_typed(words: Mapping[str, str], codes: list[str]) -> str:
    """Codes as they are typed, those that have a word by it: "élémentaire, PAI"."""
    return ", ".join(_quoted(_code_typed(words, code)) for code in codes)


def codes_of(words: Mapping[str, str], typed: object) -> Any:
    """The codes of a list with commas; quotes hold together what has a comma of its own."""
    if not isinstance(typed, str):
        return typed
    try:
        [cells] = csv.reader([typed.replace("\r", " ").replace("\n", " ")], skipinitialspace=True)
    except csv.Error as error:
        raise wrong("Ce texte est trop long.") from error
    by_word = {word.casefold(): code for code, word in words.items()}
    said = [cell.strip() for cell in cells]
    return tuple(_code_of(by_word, cell) for cell in said if cell not in ("", MARK))


def _code_of(by_word: Mapping[str, str], cell: str) -> str:
    return by_word.get(cell.casefold(), cell.removeprefix(MARK))


def _code_typed(words: Mapping[str, str], code: str) -> str:
    taken = {word.casefold() for word in words.values()}
    marked = code.startswith(MARK) or code.casefold() in taken
    return words.get(code) or (f"{MARK}{code}" if marked else code)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & {",", '"'} else cell


Residencies = Annotated[tuple[str, ...], BeforeValidator(partial(codes_of, RESIDENCY))]
Categories = Annotated[tuple[str, ...], BeforeValidator(partial(codes_of, LEVEL))]
Codes = Annotated[tuple[str, ...], BeforeValidator(partial(codes_of, {}))]


def flattened(parts: Typed, prefix: str = "") -> dict[str, Any]:
    """The values of a form by the names of its fields: "rows.0.when.rank.from"."""
    values: dict[str, Any] = {}
    for name, part in parts.items():
        match part:
            case dict():
                values |= flattened(cast(Typed, part), f"{prefix}{name}.")
            case [dict(), *_]:
                for number, row in enumerate(cast("list[Typed]", part)):
                    values |= flattened(row, f"{prefix}{name}.{number}.")
            case _:
                values[f"{prefix}{name}"] = part
    return values
