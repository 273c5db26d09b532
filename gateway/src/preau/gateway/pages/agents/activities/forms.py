"""What agents state of sites, activities and places."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter

from preau.gateway.api.models.reservations import ActivityOut
from preau.gateway.pages.agents.activities.deadline_form import DeadlineFields, Weekday
from preau.gateway.pages.agents.activities.deadlines import Deadline, deadline_told
from preau.gateway.pages.agents.labels import DECISION
from preau.gateway.pages.agents.workbench.confirming import Shown, among
from preau.gateway.pages.agents.workbench.editing import EditForm
from preau.gateway.pages.form_fields import (
    Day,
    Needed,
    Whole,
)
from preau.gateway.pages.form_models import FormModel
from preau.wording.dates import WEEKDAYS
from preau.wording.typography import sentence

Decision = Literal["auto", "agent"]


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
    class_weekdays: Annotated[
        list[Weekday], Field(title="Jours de classe"), Needed("Choisissez au moins un jour de classe.")
    ]

    def body(self) -> dict[str, Any]:
        """The site as the service takes it."""
        days = sorted(int(day) for day in self.class_weekdays)
        return {"label": self.label, "status": self.status, "class_weekdays": days}


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
        return body | {
            "booking_deadline": self.booking.declaration(present.booking_deadline),
            "cancellation_deadline": self.cancellation.declaration(present.cancellation_deadline),
        }


def _days(days: list[int]) -> str:
    return ", ".join(WEEKDAYS[day] for day in sorted(days))


def _deadline(declared: Any) -> str:
    return sentence(deadline_told(DEADLINE.validate_python(declared)))


DEADLINE: TypeAdapter[Deadline] = TypeAdapter(Deadline)
SITE_STATUS = (("active", "Ouvert"), ("closed", "Fermé"))
SITE_SHOWN = {
    "label": Shown("Nom"),
    "status": Shown("État", among(SITE_STATUS)),
    "class_weekdays": Shown("Jours de classe", _days),
}
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
