"""A period typed into an address: two days, or what is wrong with them."""

from __future__ import annotations

from typing import NamedTuple

from preau.gateway.pages.input_values import day_of


class Asked(NamedTuple):
    """The days as services take them, "" where none is asked for, and as they were typed."""

    first: str
    last: str
    typed_first: str
    typed_last: str
    problem: str = ""


def period_asked(du: str, au: str) -> Asked:
    """What was typed; days that are none, or in no order, ask for nothing and say so."""
    first, last = day_of(du), day_of(au)
    if (du and first is None) or (au and last is None):
        return Asked("", "", du, au, "Indiquez deux jours qui existent.")
    if first and last and (last < first or (last - first).days > 3 * 366):
        return Asked("", "", du, au, "La période va d’un jour à un jour suivant, trois ans au plus.")
    return Asked(first.isoformat() if first else "", last.isoformat() if last else "", du, au)
