"""Who has a child between two families, and who pays, as pages and lines say it."""

from collections.abc import Sequence
from typing import Protocol

from preau.wording import kinds
from preau.wording.dates import WEEKDAYS, and_list
from preau.wording.typography import counted

WHOLE = 100
ALWAYS = "toujours dans sa famille"


class Custody(Protocol):
    """What of a custody is told; as identity's API has it. 1 is Monday."""

    @property
    def kind(self) -> str: ...
    @property
    def weeks(self) -> str: ...
    @property
    def changes_on(self) -> int: ...
    @property
    def weekdays(self) -> Sequence[int]: ...
    @property
    def percent(self) -> int: ...
    @property
    def dates(self) -> Sequence[object]: ...


def custody(entry: Custody, other: str) -> str:
    """When the child is with ``other``, the other family: inside a sentence."""
    other = f"la {inside(other)}" if other != inside(other) else other
    match entry.kind:
        case "weeks":
            first, last = WEEKDAYS[entry.changes_on - 1], WEEKDAYS[entry.changes_on - 2]
            text = f"une semaine sur deux chez {other} ({kinds.WEEKS[entry.weeks]}, du {first} au {last})"
        case "weekdays":
            text = f"chez {other} {_the_days(entry.weekdays)}"
        case "dates":
            return f"chez {other} aux dates convenues ({counted(len(entry.dates), 'période', 'périodes')})"
        case "share":
            text = f"frais partagés avec {other}, à hauteur de {entry.percent}\u202f%"
        case _:
            return ALWAYS
    return f"{text}, sauf {_periods(entry)}" if entry.dates else text


def payers(entry: Custody, home: str, other: str) -> str:
    """Who pays on which days: a whole sentence without its point. ``home`` is the family of the record."""
    home, other = inside(home), inside(other)
    match entry.kind:
        case "weeks":
            rest = {"even": "impaires", "odd": "paires"}[entry.weeks]
            said = f"{other} les {kinds.WEEKS[entry.weeks]}, {home} les {rest}"
        case "weekdays":
            said = f"{other} {_the_days(entry.weekdays)}, {home} les autres jours"
        case "dates":
            said = f"{other} aux dates convenues, {home} les autres jours"
        case "share":
            said = f"{WHOLE - entry.percent}\u202f% {home}, {entry.percent}\u202f% {other}"
        case _:
            said = home
    return f"Paie\u202f: {said}"


def inside(label: str) -> str:
    """A family's label inside a sentence: "famille Martin"."""
    return f"famille {rest}" if (rest := label.removeprefix("Famille ")) != label else label


def _the_days(weekdays: Sequence[int]) -> str:
    return and_list([f"le {WEEKDAYS[each - 1]}" for each in weekdays])


def _periods(entry: Custody) -> str:
    return counted(len(entry.dates), "période convenue", "périodes convenues")
