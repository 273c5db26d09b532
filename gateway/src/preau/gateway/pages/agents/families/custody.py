"""Who has a child between two families: the form of a custody, its words, the days that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Literal, NamedTuple
from uuid import UUID

from pydantic import Field

from preau.gateway.api.models.identity import ChildOut, CustodyDayOut, CustodyOut
from preau.gateway.pages.agents.families.dated import DatedForm, held_on
from preau.gateway.pages.form_fields import Day, Needed, NeededWith, PerhapsWhole, not_before
from preau.gateway.pages.form_models import FormModel
from preau.wording import custodies, kinds
from preau.wording.dates import WEEKDAYS, week_title
from preau.wording.typography import sentence

BY_ANOTHER = ("weeks", "weekdays", "dates", "share")
"""The kinds that name another family."""
MOST_DATES = 60
WEEK = 7
WHOLE = 100
Weekday = Literal["1", "2", "3", "4", "5", "6", "7"]
KINDS = [(code, sentence(text)) for code, text in kinds.CUSTODY.items()]
WEEKS = [(code, sentence(text)) for code, text in kinds.WEEKS.items()]
SIDES = [(code, sentence(text)) for code, text in kinds.CUSTODY_SIDE.items()]
INITIALS = [name[0].upper() for name in WEEKDAYS]
WEEKDAY_NAMES = [(str(number), sentence(name)) for number, name in enumerate(WEEKDAYS, 1)]


class DatesRow(FormModel):
    """Days on which one side has the child whatever the rest says."""

    distinctive: ClassVar[tuple[str, ...]] = ("first_day", "last_day")

    first_day: Annotated[Day, Field(title="Premier jour"), Needed("Indiquez le premier jour.")]
    last_day: Annotated[
        Day,
        Field(title="Dernier jour"),
        Needed("Indiquez le dernier jour."),
        not_before("first_day", "Le dernier jour doit suivre le premier."),
    ]
    side: Literal["other", "home"] = "other"


class CustodyForm(DatedForm):
    """Who has a child from a day on."""

    kind: Annotated[
        Literal["weeks", "weekdays", "dates", "share", "none"],
        Field(title="Garde"),
        Needed("Choisissez comment l’enfant est gardé."),
    ]
    family_id: Annotated[
        UUID | None,
        Field(title="Autre famille"),
        NeededWith("kind", BY_ANOTHER, "Cherchez l’autre famille, puis choisissez-la."),
    ] = None
    weeks: Annotated[Literal["even", "odd"], Field(title="Semaines chez l’autre famille")] = "even"
    changes_on: Annotated[Weekday, Field(title="Change de famille le")] = "1"
    weekdays: Annotated[
        list[Weekday],
        Field(title="Jours chez l’autre famille"),
        NeededWith("kind", ("weekdays",), "Cochez au moins un jour de la semaine."),
    ] = Field(default_factory=list[Weekday])
    percent: Annotated[
        PerhapsWhole,
        Field(title="Part de l’autre famille"),
        NeededWith("kind", ("share",), "Indiquez la part que paie l’autre famille."),
    ] = None
    dates: list[DatesRow] = Field(default_factory=list[DatesRow], title="Période")

    of_kind: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "weeks": ("family_id", "weeks", "changes_on", "dates"),
        "weekdays": ("family_id", "weekdays", "dates"),
        "dates": ("family_id", "dates"),
        "share": ("family_id", "percent", "dates"),
        "none": (),
    }

    def custody(self) -> dict[str, Any]:
        """What it states, as identity takes it."""
        if self.kind == "none":
            return {"kind": "none"}
        dates = sorted(self.dates, key=lambda each: each.first_day)
        return _own(
            {
                "kind": self.kind,
                "family_id": str(self.family_id),
                "weeks": self.weeks,
                "changes_on": int(self.changes_on),
                "weekdays": sorted(int(each) for each in self.weekdays),
                "percent": self.percent or 0,
                "dates": [each.model_dump(mode="json") for each in dates],
            }
        )

    def body(self) -> dict[str, Any]:
        """The custody as identity takes it, its dates in the order typed."""
        typed = [each.model_dump(mode="json") for each in self.dates]
        return self.custody() if self.kind == "none" else {**self.custody(), "dates": typed}


def _own(facts: dict[str, Any]) -> dict[str, Any]:
    names = ("kind", *CustodyForm.of_kind[facts["kind"]])
    return {name: facts[name] for name in names}


def stated_by(entry: CustodyOut | None) -> dict[str, Any]:
    """What an entry states, as a form does; without one the child is always in its family."""
    if entry is None or entry.kind == "none":
        return {"kind": "none"}
    return _own(entry.model_dump(mode="json"))


@dataclass(frozen=True, slots=True)
class Said:
    """A custody that a form states, for its words."""

    kind: str
    family_id: str = ""
    weeks: str = "even"
    changes_on: int = 1
    weekdays: Sequence[int] = ()
    percent: int = 0
    dates: Sequence[object] = ()


def word_of(labels: Mapping[str, str]) -> Callable[[Any], str]:
    """The words for what ``stated_by`` gives; ``labels`` are those of families, by id."""

    def word(stated: Any) -> str:
        said = Said(**stated)
        return sentence(custodies.custody(said, labels.get(said.family_id, "")))

    return word


def paid_by(stated: Mapping[str, Any], home: str, labels: Mapping[str, str]) -> str:
    """Who pays, by what ``stated_by`` gives."""
    said = Said(**stated)
    return custodies.payers(said, home, labels.get(said.family_id, ""))


def opened(child: ChildOut, version: int, today: date) -> dict[str, Any]:
    """The values of a form over what holds today, which changes it from today on unless told otherwise."""
    values: dict[str, Any] = {"version": version, "effective_from": today.isoformat(), "kind": "weeks"}
    values |= {"weeks": "even", "changes_on": "1"}
    held = held_on(child.custodies, today)
    if held is None:
        return values
    rows = [each.model_dump(mode="json") for each in held.dates]
    values |= {f"dates.{at}.{part}": row[part] for at, row in enumerate(rows) for part in row}
    return values | {
        "kind": held.kind,
        "family_id": held.family_id or "",
        "weeks": held.weeks,
        "changes_on": str(held.changes_on),
        "weekdays": [str(each) for each in held.weekdays],
        "percent": held.percent or "",
    }


class DayCell(NamedTuple):
    """A day of the calendar: what the other family pays of it, in percent, and its label."""

    day: date
    percent: int
    family: str

    @property
    def side(self) -> str:
        """Whose day it is: ``home``, ``other``, or ``share``."""
        if self.percent in (0, WHOLE):
            return "other" if self.percent else "home"
        return "share"


def weeks_of(days: Sequence[CustodyDayOut]) -> list[list[DayCell]]:
    """The days of a preview, a list a week."""
    cells = [DayCell(each.day, each.percent, each.family_label) for each in days]
    return [cells[at : at + WEEK] for at in range(0, len(cells), WEEK)]


def period_of(weeks: Sequence[Sequence[DayCell]]) -> str:
    """Which days a calendar shows."""
    return sentence(week_title(weeks[0][0].day, weeks[-1][-1].day))
