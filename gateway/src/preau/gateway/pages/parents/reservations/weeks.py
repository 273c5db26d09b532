"""The calendar turned into weeks: a row an activity, a column a day, a cell told by symbol, colour, text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from preau.gateway.api.models.reservations import ActivityDaysOut, CalendarOut, DayOut, RefusalOut
from preau.gateway.pages.formats import week_title

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

LOCKED_WORDS = {
    "full": "Complet",
    "past": "Passé",
    "booking-deadline": "Trop tard",
    "public-holiday": "Férié",
    "school-holidays": "Vacances",
    "not-yet-open": "Bientôt",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """An activity on a day. ``toggles``: a tap changes the basket; else it opens the reason."""

    activity_id: str
    activity_label: str
    date: date
    state: str
    in_basket: str | None
    refusal: RefusalOut | None
    remaining: int | None
    toggles: bool

    @property
    def key(self) -> str:
        """A name for the cell in the page, without what an id may not hold."""
        return f"{self.activity_id[-12:]}-{self.date.isoformat()}"

    @property
    def value(self) -> str:
        """What the cell's button sends."""
        return f"{self.activity_id}|{self.date.isoformat()}"

    @property
    def css(self) -> str:
        """The classes of its colour."""
        if self.in_basket == "book":
            return "in-basket"
        return "in-basket-cancel" if self.in_basket == "cancel" else f"is-{self.state}"

    @property
    def symbol(self) -> str:
        """Its icon's name."""
        if self.in_basket == "book":
            return "basket"
        return "state-cancel_pending" if self.in_basket == "cancel" else f"state-{self.state}"

    @property
    def word(self) -> str:
        """The word in the cell."""
        if self.in_basket == "book":
            return "Au panier"
        if self.in_basket == "cancel":
            return "À annuler"
        if self.state == "locked" and self.refusal:
            return LOCKED_WORDS.get(self.refusal.rule, STATES["locked"][0])
        return STATES[self.state][0]

    @property
    def action(self) -> str:
        """What a tap does, for readers of the screen."""
        if self.in_basket:
            return "Retirer du panier"
        return "Ajouter au panier" if self.state in {"bookable", "refused", "absent"} else "Annuler"


@dataclass(frozen=True, slots=True)
class Row:
    """One activity over the days of a week."""

    label: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the calendar, with the days worth showing."""

    monday: date
    days: list[date]
    rows: list[Row]

    @property
    def number(self) -> int:
        """The week's number in its year (ISO 8601)."""
        return self.monday.isocalendar().week

    @property
    def title(self) -> str:
        """ "du 16 au 20 mars 2026"."""
        return week_title(self.days[0], self.days[-1])


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def cell_of(activity: ActivityDaysOut, day: DayOut) -> Cell:
    """A cell from what the service says of a day."""
    toggles = bool(day.in_basket or day.can_book or day.can_cancel)
    return Cell(
        activity_id=activity.activity_id,
        activity_label=activity.label,
        date=day.date,
        state=day.state,
        in_basket=day.in_basket,
        refusal=None if toggles else day.refusal,
        remaining=day.remaining,
        toggles=toggles,
    )


NOTHING_THAT_DAY = frozenset(
    {"weekday", "past", "public-holiday", "school-holidays", "closure", "out-of-season", "activity-closed"}
)


def _served(day: DayOut) -> bool:
    """Whether something may take place that day; weekends without anything stay out of the page."""
    return day.state != "locked" or (day.refusal.rule if day.refusal else "") not in NOTHING_THAT_DAY


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
    }
    weeks: list[Week] = []
    for index in range(count):
        start = monday + timedelta(weeks=index)
        days = [start + timedelta(days=offset) for offset in offsets]
        rows = [
            Row(
                activity.label,
                [by_day[key] for day in days if (key := (activity.activity_id, day)) in by_day],
            )
            for activity in activities
        ]
        weeks.append(Week(start, days, [row for row in rows if len(row.cells) == len(days)]))
    return weeks
