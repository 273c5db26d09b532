"""What agents state of days to close."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from preau.gateway.pages.form_fields import Day, Needed, not_before
from preau.gateway.pages.form_models import FormModel

Kind = Literal["closure", "day_off", "school_holidays", "class_held"]


class ClosureForm(FormModel):
    """Days, both included, of a site or (without one) of all; the other kinds hold for the commune."""

    of_kind: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "closure": ("site_id",),
        "day_off": (),
        "school_holidays": (),
        "class_held": (),
    }

    kind: Annotated[Kind, Field(title="Type")] = "closure"
    site_id: Annotated[str, Field(title="Site")] = ""
    first_day: Annotated[Day, Field(title="Premier jour"), Needed("Indiquez le premier jour.")]
    last_day: Annotated[
        Day,
        Field(title="Dernier jour"),
        Needed("Indiquez le dernier jour."),
        not_before("first_day", "Le dernier jour suit le premier."),
    ]
    label: Annotated[str, Field(title="Motif"), Needed("Indiquez le motif : les familles le lisent.")]

    def body(self) -> dict[str, object]:
        """The days as the service takes them."""
        return {
            "kind": self.kind,
            "site_id": self.site_id or None,
            "from": self.first_day,
            "to": self.last_day,
            "label": self.label,
        }


NAMES = {"from": "first_day", "to": "last_day"}
"""The form's field for a name of the service's."""
