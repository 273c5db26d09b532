"""A deadline as a form: what each kind asks for, and the declaration that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import Field

from preau.gateway.pages.agents.activities.deadlines import ROLLED, Deadline, rolled_over
from preau.gateway.pages.form_fields import (
    Day,
    Needed,
    NeededWith,
    PerhapsDay,
    PerhapsSigned,
    PerhapsWhole,
    not_before,
)
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import Form

Weekday = Literal["0", "1", "2", "3", "4", "5", "6"]
Kind = Literal[
    "days_before",
    "hours_before",
    "weekday_before",
    "batch",
    "same_day",
    "month_before",
    "windows",
    "holiday_window",
    "none",
    "never",
]
OpensKind = Literal["", "days_before", "weekday_before", "on"]
Skip = Literal["public_holidays", "school_holidays", "closures"]
RolledOver = Literal["weekend", "public_holiday", "school_holiday"]
WANTED: dict[str, tuple[str, ...]] = {
    "none": (),
    "never": (),
    "same_day": ("at",),
    "hours_before": ("hours", "starts_at"),
    "days_before": ("days", "at", "day_type", "skip_weekdays", "skip", "rolled_over"),
    "weekday_before": ("weekday", "at", "weeks", "week_type", "rolled_over"),
    "batch": ("lines", "rolled_over"),
    "month_before": ("day", "months", "at", "rolled_over"),
    "windows": ("windows",),
    "holiday_window": ("opens_days", "closes_days", "at"),
}
"""What the form asks for each kind, besides from when on one may act."""
OPENS: dict[str, tuple[str, ...]] = {
    "": (),
    "days_before": ("days", "at"),
    "weekday_before": ("weekday", "weeks", "at"),
    "on": ("day", "at"),
}
WINDOW = ("first_day", "last_day", "opens_on", "closes_on", "at")
LINE = ("service_weekdays", "weekday", "weeks", "at")
"""The fields of a window, and of a line of a table."""


class WindowRow(FormModel):
    """Days of service, and until when they can be booked."""

    distinctive: ClassVar[tuple[str, ...]] = ("first_day", "last_day", "opens_on", "closes_on")

    first_day: Annotated[Day, Field(title="Premier jour"), Needed("Indiquez le premier jour de la période.")]
    last_day: Annotated[
        Day,
        Field(title="Dernier jour"),
        Needed("Indiquez le dernier jour de la période."),
        not_before("first_day", "Le dernier jour de la période suit le premier."),
    ]
    opens_on: Annotated[PerhapsDay, Field(title="Ouvre le")] = None
    closes_on: Annotated[
        Day,
        Field(title="Jusqu’au"),
        Needed("Indiquez jusqu’à quel jour on peut réserver ou annuler."),
        not_before("opens_on", "La période se clôt après son ouverture."),
    ]
    at: Annotated[str, Field(title="Heure limite")] = "24:00"


class LineRow(FormModel):
    """Days of service that close together."""

    distinctive: ClassVar[tuple[str, ...]] = ("service_weekdays", "weekday")

    service_weekdays: Annotated[
        list[Weekday], Field(title="Jours de service"), Needed("Choisissez les jours de service de la ligne.")
    ]
    weekday: Annotated[Weekday, Field(title="Au plus tard le"), Needed("Choisissez le jour limite.")]
    weeks: Annotated[PerhapsWhole, Field(title="Semaines avant")] = 1
    at: Annotated[str, Field(title="Heure limite")] = "24:00"


class OpeningFields(FormModel):
    """From when on one may act; always where nothing is chosen."""

    of_kind: ClassVar[Mapping[str, tuple[str, ...]]] = OPENS

    kind: Annotated[OpensKind, Field(title="Ouverture")] = ""
    days: Annotated[
        PerhapsWhole,
        Field(title="Jours avant"),
        NeededWith("kind", ("days_before",), "Indiquez combien de jours avant s’ouvrent les réservations."),
    ] = None
    weekday: Annotated[
        PerhapsWhole,
        Field(title="Jour de la semaine"),
        NeededWith("kind", ("weekday_before",), "Choisissez le jour où s’ouvrent les réservations."),
    ] = None
    weeks: Annotated[
        PerhapsWhole,
        Field(title="Semaines avant"),
        NeededWith("kind", ("weekday_before",), "Indiquez combien de semaines avant."),
    ] = None
    day: Annotated[
        PerhapsDay,
        Field(title="Date"),
        NeededWith("kind", ("on",), "Indiquez la date d’ouverture des réservations."),
    ] = None
    at: Annotated[str, Field(title="Heure d’ouverture")] = "00:00"

    def declaration(self) -> dict[str, Any] | None:
        """The opening as the service takes it."""
        if not self.kind:
            return None
        stated = self.model_dump(mode="json")
        return {"kind": self.kind, **{name: stated[name] for name in OPENS[self.kind]}}


class DeadlineFields(FormModel):
    """A deadline: its kind, and what the kind wants; what another kind wants is not looked at."""

    of_kind: ClassVar[Mapping[str, tuple[str, ...]]] = WANTED

    kind: Annotated[Kind, Field(title="Type de délai"), Needed("Choisissez le type de délai.")]
    days: Annotated[
        PerhapsWhole,
        Field(title="Nombre de jours"),
        NeededWith("kind", ("days_before",), "Indiquez combien de jours avant."),
    ] = None
    hours: Annotated[
        PerhapsWhole,
        Field(title="Nombre d’heures"),
        NeededWith("kind", ("hours_before",), "Indiquez combien d’heures avant."),
    ] = None
    starts_at: Annotated[str, Field(title="Début de l’activité")] = "00:00"
    weekday: Annotated[
        PerhapsWhole,
        Field(title="Jour de la semaine"),
        NeededWith("kind", ("weekday_before",), "Choisissez le jour de la semaine."),
    ] = None
    weeks: Annotated[
        PerhapsWhole,
        Field(title="Semaines avant"),
        NeededWith("kind", ("weekday_before",), "Indiquez combien de semaines avant."),
    ] = None
    week_type: Annotated[Literal["calendar", "school"], Field(title="Quelles semaines comptent")] = "calendar"
    day: Annotated[
        PerhapsWhole,
        Field(title="Jour du mois"),
        NeededWith("kind", ("month_before",), "Indiquez le jour du mois."),
    ] = None
    months: Annotated[
        PerhapsWhole,
        Field(title="Mois avant"),
        NeededWith("kind", ("month_before",), "Indiquez combien de mois avant."),
    ] = None
    opens_days: Annotated[PerhapsSigned, Field(title="Ouvre, jours avant les vacances")] = None
    closes_days: Annotated[
        PerhapsSigned,
        Field(title="Se clôt, jours avant les vacances"),
        NeededWith("kind", ("holiday_window",), "Indiquez combien de jours avant le début des vacances."),
    ] = None
    at: Annotated[
        str,
        Field(title="Heure limite"),
        NeededWith(
            "kind",
            ("same_day", "days_before", "weekday_before", "month_before", "holiday_window"),
            "Indiquez l’heure limite, par exemple 12:00.",
        ),
    ] = ""
    day_type: Annotated[
        str,
        Field(title="Quels jours comptent"),
        NeededWith("kind", ("days_before",), "Choisissez quels jours comptent."),
    ] = ""
    skip_weekdays: Annotated[list[Weekday], Field(title="Jours qui ne comptent pas")] = Field(
        default_factory=list[Weekday]
    )
    skip: Annotated[list[Skip], Field(title="Ne comptent pas non plus")] = Field(default_factory=list[Skip])
    rolled_over: Annotated[list[RolledOver], Field(title="La limite est avancée")] = Field(
        default_factory=list[RolledOver]
    )
    lines: Annotated[
        list[LineRow],
        Field(title="Ligne"),
        NeededWith("kind", ("batch",), "Indiquez au moins une ligne."),
    ] = Field(default_factory=list[LineRow])
    windows: Annotated[
        list[WindowRow],
        Field(title="Période"),
        NeededWith("kind", ("windows",), "Indiquez au moins une période."),
    ] = Field(default_factory=list[WindowRow])
    opens: Annotated[OpeningFields, Field(title="Ouverture")] = Field(default_factory=OpeningFields)

    def declaration(self, present: Deadline) -> dict[str, Any]:
        """The deadline as the service takes it.

        Where the limit is moved as by the ``present`` one, it is said in the same words.
        """
        stated = self.model_dump(mode="json")
        body = {"kind": self.kind, **{name: stated[name] for name in WANTED[self.kind]}}
        if (days := body.get("skip_weekdays")) is not None:
            body["skip_weekdays"] = sorted(int(day) for day in days)
        for line in body.get("lines", ()):
            line["service_weekdays"] = sorted(int(day) for day in line["service_weekdays"])
            line["weekday"] = int(line["weekday"])
        if (chosen := body.pop("rolled_over", None)) is not None:
            body |= _rolling(set(chosen), present)
        return body | {"opens": self.opens.declaration()}


def _rolling(chosen: set[str], present: Deadline) -> dict[str, str | None]:
    """The days over which the limit is moved back, as the service takes them."""
    if isinstance(present, ROLLED) and chosen == set(rolled_over(present)):
        return {
            "on_holiday": present.on_holiday,
            "on_weekend": present.on_weekend,
            "on_school_holiday": present.on_school_holiday,
        }
    policy = {True: "roll_back", False: "keep"}
    holiday, weekend = policy["public_holiday" in chosen], policy["weekend" in chosen]
    return {
        "on_holiday": holiday,
        "on_weekend": None if weekend == holiday else weekend,
        "on_school_holiday": policy["school_holiday" in chosen],
    }


def deadline_values(name: str, deadline: Deadline) -> dict[str, object]:
    """The form's values for a declaration."""
    told = deadline.model_dump(mode="json")
    values: dict[str, object] = {"kind": deadline.kind}
    for field in WANTED[deadline.kind]:
        match field:
            case "rolled_over":
                values[field] = rolled_over(deadline)
            case "windows" | "lines":
                values |= {
                    f"{field}.{row}.{part}": _typed(value)
                    for row, entry in enumerate(told[field])
                    for part, value in entry.items()
                }
            case _:
                values[field] = _typed(told[field])
    opens = told.get("opens") or {"kind": ""}
    values |= {f"opens.{field}": _typed(value) for field, value in opens.items()}
    return {f"{name}.{field}": value for field, value in values.items()}


def _typed(value: Any) -> object:
    """As a form has it: the weekdays of a list are texts."""
    return list(map(str, cast("list[object]", value))) if isinstance(value, list) else value


def deadline_names(name: str, form: Form) -> dict[str, str]:
    """The form's field for each name by which the service tells what is wrong with a declaration."""
    told = f"{name}_deadline"
    names = {told: f"{name}.kind"}
    for kind, fields in WANTED.items():
        names |= {f"{told}.{kind}.{field}": f"{name}.{field}" for field in fields}
        for opens, parts in OPENS.items():
            names |= {
                f"{told}.{kind}.opens.{opens}.{part}": f"{name}.opens.{part}" for part in parts if opens
            }
    for group, kind, parts in (("windows", "windows", WINDOW), ("lines", "batch", LINE)):
        names |= {
            f"{told}.{kind}.{group}.{entry}{part}": f"{name}.{group}.{row}.{field}"
            for entry, row in enumerate(form.rows.get(f"{name}.{group}", ()))
            for part, field in [("", parts[0]), *((f".{each}", each) for each in parts)]
        }
    return names
