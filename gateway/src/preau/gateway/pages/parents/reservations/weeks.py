"""The calendar turned into weeks: days with a cell an activity, each told by symbol, colour and text.

The page lays the days out as columns on a wide screen and one under the other on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from preau.gateway.api.models.reservations import ActivityDaysOut, CalendarOut, DayOut, RefusalOut
from preau.gateway.pages.formats import day, week_title, weekday_short

WIDE_WEEKS = 4
"""Weeks asked for at a time; a phone shows the first of them."""

STATES: dict[str, tuple[str, str]] = {
    "present": ("Présent", "Enfant présent"),
    "absent": ("Absent", "Enfant absent"),
    "bookable": ("Réserver", "Prestation réservable"),
    "locked": ("Fermé", "Prestation non réservable ou non modifiable"),
    "pending": ("En cours", "Demande en cours"),
    "approved": ("Validée", "Demande validée"),
    "cancel_pending": ("Annulation", "Demande d’annulation"),
    "refused": ("Refusée", "Demande refusée"),
}
"""The legend: for each state the word in the cell, and the words that explain it."""

Intent = Literal["book", "cancel", "remove"]
_DOES: dict[Intent, str] = {
    "book": "Ajouter au panier",
    "cancel": "Annuler",
    "remove": "Retirer du panier",
}

LOCKED_WORDS = {
    "full": "Complet",
    "past": "Passé",
    "booking-deadline": "Trop tard",
    "public-holiday": "Férié",
    "school-holidays": "Vacances",
    "not-yet-open": "Bientôt",
    "debt": "Suspendu",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """An activity on a day, as it is written: cells are what a page has most of."""

    activity_id: str
    activity_label: str
    date: date
    refusal: RefusalOut | None
    intent: Intent | None
    """What a tap asks of the basket; without one it opens the reason."""
    key: str
    """A name for the cell in the page, without what an id may not hold."""
    css: str
    """The classes of its colour."""
    symbol: str
    """Its icon's name."""
    word: str
    action: str
    """What a tap does, for readers of the screen."""

    @property
    def value(self) -> str:
        """What the cell's button sends: what it means to do, so that a second tab cannot turn it round."""
        return f"{self.activity_id}|{self.date}|{self.intent}"

    @property
    def signature(self) -> str:
        """What the cell shows: two that show the same are the same."""
        return f"{self.css} {self.word} {self.intent or '-'}"


@dataclass(frozen=True, slots=True)
class Day:
    """One day with a cell an activity."""

    date: date
    cells: list[Cell]

    @property
    def in_words(self) -> str:
        """ "jeudi 12 mars"."""
        return day(self.date)

    @property
    def short(self) -> str:
        """ "jeu."."""
        return weekday_short(self.date)


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the calendar, with the days worth showing."""

    monday: date
    labels: list[str]
    """The activities, in the order of each day's cells."""
    days: list[Day]

    @property
    def number(self) -> int:
        """The week's number in its year (ISO 8601)."""
        return self.monday.isocalendar().week

    @property
    def title(self) -> str:
        """ "du 16 au 20 mars 2026"."""
        return week_title(self.days[0].date, self.days[-1].date)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def cell_of(activity: ActivityDaysOut, shown: DayOut) -> Cell:
    """A cell from what the service says of a day."""
    intent = _intent(shown)
    refusal = None if intent else shown.refusal
    css, symbol, word = _looks(shown.in_basket, shown.state, refusal)
    return Cell(
        activity_id=activity.activity_id,
        activity_label=activity.label,
        date=shown.date,
        refusal=refusal,
        intent=intent,
        key=f"{activity.activity_id[-12:]}-{shown.date}",
        css=css,
        symbol=symbol,
        word=word,
        action=_DOES[intent] if intent else "Pourquoi ?",
    )


def _looks(in_basket: str | None, state: str, refusal: RefusalOut | None) -> tuple[str, str, str]:
    """The classes, the icon and the word of a cell."""
    if in_basket == "book":
        return "in-basket", "basket", "Au panier"
    if in_basket == "cancel":
        return "in-basket-cancel", "state-cancel_pending", "À annuler"
    word = STATES[state][0]
    if state == "locked" and refusal:
        word = LOCKED_WORDS.get(refusal.rule, word)
    return f"is-{state}", f"state-{state}", word


def _intent(shown: DayOut) -> Intent | None:
    if shown.in_basket:
        return "remove"
    if shown.can_book:
        return "book"
    return "cancel" if shown.can_cancel else None


NOTHING_THAT_DAY = frozenset(
    {"weekday", "past", "public-holiday", "school-holidays", "closure", "out-of-season", "activity-closed"}
)


def _served(shown: DayOut) -> bool:
    """Whether something may take place that day; weekends without anything stay out of the page."""
    return shown.state != "locked" or (shown.refusal.rule if shown.refusal else "") not in NOTHING_THAT_DAY


def suspension(weeks: Sequence[Week]) -> str:
    """Why a debt keeps the family from booking any of these days, "" when none does."""
    cells = (cell for week in weeks for each in week.days for cell in each.cells)
    return next((cell.refusal.reason for cell in cells if cell.refusal and cell.refusal.rule == "debt"), "")


def weeks_of(calendar: CalendarOut, monday: date, count: int = WIDE_WEEKS) -> list[Week]:
    """The weeks from ``monday`` on; Saturday and Sunday only where an activity takes place on one."""
    activities = calendar.activities
    weekend = {
        day.date.weekday()
        for activity in activities
        for day in activity.days
        if day.date.weekday() > 4 and _served(day)
    }
    offsets = [0, 1, 2, 3, 4, *sorted(weekend)]
    by_day = {
        (activity.activity_id, day.date): cell_of(activity, day)
        for activity in activities
        for day in activity.days
        if day.date.weekday() in offsets
    }
    weeks: list[Week] = []
    for index in range(count):
        start = monday + timedelta(weeks=index)
        dates = [start + timedelta(days=offset) for offset in offsets]
        shown = [each for each in activities if all((each.activity_id, day) in by_day for day in dates)]
        days = [Day(day, [by_day[each.activity_id, day] for each in shown]) for day in dates]
        weeks.append(Week(start, [each.label for each in shown], days))
    return weeks
