"""What agents state of sites, activities and places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field, TypeAdapter

from preau.gateway.api.models.reservations import ActivityOut
from preau.gateway.pages.agents.activities.deadlines import WANTED, Deadline, deadline_told, declared
from preau.gateway.pages.agents.labels import DECISION
from preau.gateway.pages.agents.workbench.confirming import Shown, among
from preau.gateway.pages.agents.workbench.editing import EditForm
from preau.gateway.pages.form_fields import (
    Day,
    Needed,
    NeededWith,
    PerhapsDay,
    PerhapsWhole,
    Whole,
    not_before,
)
from preau.gateway.pages.form_models import FormModel
from preau.wording.dates import WEEKDAYS
from preau.wording.typography import sentence

Decision = Literal["auto", "agent"]
Weekday = Literal["0", "1", "2", "3", "4", "5", "6"]
Kind = Literal["kept", "none", "same_day", "hours_before", "days_before", "weekday_before", "windows"]


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
    at: Annotated[
        str,
        Field(title="Heure limite"),
        NeededWith(
            "kind",
            ("same_day", "days_before", "weekday_before"),
            "Indiquez l’heure limite, par exemple 12:00.",
        ),
    ] = ""
    day_type: Annotated[
        str,
        Field(title="Quels jours comptent"),
        NeededWith("kind", ("days_before",), "Choisissez quels jours comptent."),
    ] = ""

    windows: Annotated[
        list[WindowRow],
        Field(title="Période"),
        NeededWith("kind", ("windows",), "Indiquez au moins une période."),
    ] = Field(default_factory=list[WindowRow])

    def declaration(self, present: Deadline) -> dict[str, Any] | None:
        """The deadline as the service takes it, None to keep the ``present`` one."""
        return None if self.kind == "kept" else declared(self.kind, self.model_dump(mode="json"), present)


class SiteForm(FormModel):
    """A site to open."""

    label: Annotated[str, Field(title="Nom"), Needed("Indiquez le nom du site.")]


class PlacesForm(EditForm):
    """The places of one day: their version is their number."""

    date: Annotated[Day, Field(title="Jour"), Needed("Choisissez un jour.")]
    capacity: Annotated[Whole, Field(title="Nombre de places"), Needed("Indiquez un nombre de places.")]


class SiteEditForm(EditForm):
    """What may change of a site."""

    label: Annotated[str, Field(title="Nom"), Needed("Indiquez le nom du site.")]
    status: Annotated[Literal["active", "closed"], Field(title="État"), Needed("Choisissez l’état du site.")]


class DayPlaces(BaseModel):
    """How many places a day has."""

    capacity: int

    @property
    def version(self) -> int:
        """What tells one number of places from another: bookings do not change it."""
        return self.capacity


class ActivityForm(EditForm):
    """The settings of an activity that the page shows."""

    label: Annotated[str, Field(title="Nom"), Needed("Indiquez le nom de l’activité.")]
    default_capacity: Annotated[
        Whole, Field(title="Places par jour"), Needed("Indiquez le nombre de places par jour.")
    ]
    weekdays: Annotated[
        list[Weekday], Field(title="Jours d’ouverture"), Needed("Choisissez au moins un jour d’ouverture.")
    ]
    decision: Annotated[
        Decision, Field(title="Réservation"), Needed("Choisissez qui décide d’une réservation.")
    ]
    cancellation_decision: Annotated[
        Decision, Field(title="Annulation"), Needed("Choisissez qui décide d’une annulation.")
    ]
    booking: Annotated[DeadlineFields, Field(title="Délai pour réserver")]
    cancellation: Annotated[DeadlineFields, Field(title="Délai pour annuler")]

    def body(self, present: ActivityOut) -> dict[str, Any]:
        """The settings as the service takes them."""
        body: dict[str, Any] = self.model_dump(exclude={"version", "weekdays", "booking", "cancellation"})
        body["weekdays"] = [int(day) for day in self.weekdays]
        deadlines = {
            "booking_deadline": self.booking.declaration(present.booking_deadline),
            "cancellation_deadline": self.cancellation.declaration(present.cancellation_deadline),
        }
        return body | {name: stated for name, stated in deadlines.items() if stated is not None}


def _days(days: list[int]) -> str:
    return ", ".join(WEEKDAYS[day] for day in sorted(days))


def _deadline(declared: Any) -> str:
    return sentence(deadline_told(DEADLINE.validate_python(declared)))


DEADLINE: TypeAdapter[Deadline] = TypeAdapter(Deadline)
SITE_STATUS = (("active", "Ouvert"), ("closed", "Fermé"))
SITE_SHOWN = {"label": Shown("Nom"), "status": Shown("État", among(SITE_STATUS))}
"""What the summary before saving tells of a site."""
SHOWN = {
    "label": Shown("Nom"),
    "default_capacity": Shown("Places par jour"),
    "weekdays": Shown("Jours d’ouverture", _days),
    "decision": Shown("Réservation", among(DECISION)),
    "cancellation_decision": Shown("Annulation", among(DECISION)),
    "booking_deadline": Shown("Délai pour réserver", _deadline),
    "cancellation_deadline": Shown("Délai pour annuler", _deadline),
}
"""What the summary before saving tells of each setting."""
