"""Custody of a child between two families: what may be entered, and who has the child. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal
from uuid import UUID

from preau.contracts.custody import WHOLE, Custody, CustodyDates, CustodyKind
from preau.identity.families.dated import Dated, held_on, with_ends

WEEKS = 5
"""How many weeks a preview shows."""
YEARS = 3
"""Dates are agreed upon for that many years at most."""
EVERY_DAY = 7

NO_FAMILY = "Choisissez l’autre famille."
OWN_FAMILY = "Choisissez une autre famille que celle de la fiche de l’enfant."
NO_WEEKDAYS = "Cochez au moins un jour de la semaine."
ALL_WEEKDAYS = "Laissez au moins un jour à la famille de l’enfant."
NO_SHARE = "Indiquez une part de 1 à 99\u202f%."
NO_DATES = "Indiquez au moins une période chez l’autre famille."
REVERSED = "Le dernier jour doit suivre le premier."
OVERLAP = "Cette période en chevauche une autre."
TOO_LATE = "Une période se termine dans trois ans au plus tard."
NOTHING_TO_END = (
    "Avant cette date, l’enfant est toujours dans sa famille\u202f: il n’y a pas de garde à terminer."
    " Pour annuler une garde, retirez-la de l’historique."
)


@dataclass(frozen=True, slots=True)
class CustodyEntry(Dated):
    """Who has a child: as the contract's ``Custody``, with the label of the other family for people."""

    kind: CustodyKind
    family_id: UUID | None = None
    weeks: Literal["even", "odd"] = "even"
    changes_on: int = 1
    weekdays: tuple[int, ...] = ()
    percent: int = 0
    dates: tuple[CustodyDates, ...] = ()
    family_label: str = ""


FACTS = ("kind", "family_id", "weeks", "changes_on", "weekdays", "percent", "dates")
"""What an entry says, apart from when it holds."""


def only_its_own(entry: CustodyEntry) -> CustodyEntry:
    """The entry with what its kind does not use as if it had not been sent."""
    plain = CustodyEntry(
        kind=entry.kind, effective_from=entry.effective_from, effective_to=entry.effective_to
    )
    match entry.kind:
        case "none":
            return plain
        case "weeks":
            plain = replace(plain, weeks=entry.weeks, changes_on=entry.changes_on)
        case "weekdays":
            plain = replace(plain, weekdays=tuple(sorted(set(entry.weekdays))))
        case "share":
            plain = replace(plain, percent=entry.percent)
        case "dates":
            pass
    dates = tuple(sorted(entry.dates, key=lambda each: each.first_day))
    return replace(plain, family_id=entry.family_id, family_label=entry.family_label, dates=dates)


def faults(
    draft: CustodyEntry, history: Sequence[CustodyEntry], home: UUID, first_day: date, today: date
) -> dict[str, str]:
    """What is wrong with a custody from ``first_day`` on, by field; ``dates.N.…`` are in the order sent."""
    if draft.kind == "none":
        before = next((each for each in reversed(history) if each.first_day < first_day), None)
        return {} if before is not None and before.kind != "none" else {"kind": NOTHING_TO_END}
    wrong = _wrong_family(draft.family_id, home)
    days = set(draft.weekdays)
    if draft.kind == "weekdays" and not 0 < len(days) < EVERY_DAY:
        wrong["weekdays"] = ALL_WEEKDAYS if days else NO_WEEKDAYS
    if draft.kind == "share" and not 0 < draft.percent < WHOLE:
        wrong["percent"] = NO_SHARE
    if draft.kind == "dates" and not any(each.side == "other" for each in draft.dates):
        wrong["dates"] = NO_DATES
    return wrong | _wrong_dates(draft.dates, today)


def _wrong_family(other: UUID | None, home: UUID) -> dict[str, str]:
    if other is None:
        return {"family_id": NO_FAMILY}
    return {"family_id": OWN_FAMILY} if other == home else {}


def _wrong_dates(dates: Sequence[CustodyDates], today: date) -> dict[str, str]:
    latest = _years_after(today, YEARS)
    wrong: dict[str, str] = {}
    for rank, each in enumerate(dates):
        if each.last_day < each.first_day:
            wrong[f"dates.{rank}.last_day"] = REVERSED
        elif each.last_day > latest:
            wrong[f"dates.{rank}.last_day"] = TOO_LATE
    ordered = sorted(enumerate(dates), key=lambda each: (each[1].first_day, each[0]))
    for (_, before), (rank, after) in pairwise(ordered):
        if after.first_day <= before.last_day:
            wrong.setdefault(f"dates.{rank}.first_day", OVERLAP)
    return wrong


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


@dataclass(frozen=True, slots=True)
class CustodyDay:
    """A day of a preview, and what of it the other family pays, in percent (100: it has the child)."""

    day: date
    percent: int
    family_id: UUID | None
    family_label: str


def preview(
    history: Sequence[CustodyEntry], draft: CustodyEntry, first_day: date, today: date
) -> list[CustodyDay]:
    """Who has the child on each day of five weeks, were the draft to hold from ``first_day`` on.

    From the Monday of the week in which it begins, of this week if it does already.
    """
    monday = max(first_day, today)
    monday -= timedelta(days=monday.weekday())
    begins = None if first_day == date.min else first_day
    others = (each for each in history if each.first_day != first_day)
    would_be = with_ends([*others, replace(draft, effective_from=begins)])
    days = (monday + timedelta(days=each) for each in range(WEEKS * EVERY_DAY))
    return [_on(would_be, day) for day in days]


def _on(history: Sequence[CustodyEntry], day: date) -> CustodyDay:
    held = held_on(history, day)
    percent = told(held).other_percent(day) if held else 0
    other = held if held and percent else None
    return CustodyDay(day, percent, other.family_id if other else None, other.family_label if other else "")


def told(entry: CustodyEntry) -> Custody:
    """An entry as the contract has it."""
    return Custody.model_validate(entry, from_attributes=True)


def named(histories: Iterable[Sequence[CustodyEntry]]) -> frozenset[UUID]:
    """The other families that histories name, whenever."""
    return frozenset(each.family_id for history in histories for each in history if each.family_id)


def not_over(history: Sequence[CustodyEntry], today: date) -> list[CustodyEntry]:
    """The custodies by another family that hold today or will."""
    return [
        each
        for each in history
        if each.kind != "none" and (each.effective_to is None or each.effective_to > today)
    ]


def span(history: Sequence[CustodyEntry], family_id: UUID) -> tuple[date | None, date | None]:
    """From the first day of the first custody that names the family to before the last one's end.

    None: since always, without end.
    """
    its = [each for each in history if each.family_id == family_id]
    return its[0].effective_from, its[-1].effective_to
