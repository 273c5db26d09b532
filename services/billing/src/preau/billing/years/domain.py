"""In which order the years of a régie are closed and reopened. Pure."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from preau.common.errors import Conflict
from preau.common.money import Cents


class YearNotOver(Conflict):
    type, title = "year-not-over", "Exercice en cours"


class YearClosed(Conflict):
    type, title = "year-closed", "Exercice déjà clos"


class YearOpen(Conflict):
    type, title = "year-open", "Exercice ouvert"


class EarlierYearOpen(Conflict):
    type, title = "earlier-year-open", "Exercice précédent ouvert"


class LaterYearClosed(Conflict):
    type, title = "later-year-closed", "Exercice suivant clos"


class YearTotals(NamedTuple):
    """What moved in a year of a régie, and what is left at its end.

    ``billed_cents`` less what credit notes took back, ``received_cents`` less what was given back;
    ``receivable_cents`` families owe, ``credit_cents`` they are owed. ``closed_at`` is null while it is open.
    """

    year: int
    billed_cents: Cents
    received_cents: Cents
    written_off_cents: Cents
    receivable_cents: Cents
    credit_cents: Cents
    closed_at: datetime | None


def check_closing(year: int, today: date, moved: Collection[int], closed: Collection[int]) -> None:
    """Whether a year may be closed: it is over, and so are those before that moved something, and closed.

    Raises `YearNotOver`, `YearClosed`, `EarlierYearOpen`.
    """
    if year >= today.year:
        raise YearNotOver(
            f"L’exercice {year} n’est pas terminé. Il se clôt à partir du 1er janvier {year + 1}."
        )
    if year in closed:
        raise YearClosed(f"L’exercice {year} est déjà clos.")
    if open_before := sorted(each for each in moved if each < year and each not in closed):
        raise EarlierYearOpen(f"L’exercice {open_before[0]} est encore ouvert. Clôturez-le d’abord.")


def check_reopening(year: int, closed: Collection[int]) -> None:
    """Whether a year may be opened again: it is the last one that is closed.

    Raises `YearOpen`, `LaterYearClosed`.
    """
    if year not in closed:
        raise YearOpen(f"L’exercice {year} est ouvert.")
    if (last := max(closed)) > year:
        raise LaterYearClosed(f"L’exercice {last} est clos. Rouvrez-le d’abord.")


def first_open(day: date, closed: Sequence[int]) -> date:
    """The day itself, or the first day of the year after, as long as its year is closed."""
    while day.year in closed:
        day = date(day.year + 1, 1, 1)
    return day
