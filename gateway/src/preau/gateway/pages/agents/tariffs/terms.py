"""A tariff's definition and its form: each in the terms of the other."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from preau.gateway.api.models.billing import TariffDefinitionOutput
from preau.gateway.pages.agents.tariffs.extras import ComponentFields, FreeFields, SupplementFields
from preau.gateway.pages.agents.tariffs.quantity import QuantityFields
from preau.gateway.pages.agents.tariffs.quotient import QuotientFields
from preau.gateway.pages.agents.tariffs.rows import RowFields
from preau.gateway.pages.agents.tariffs.samples import SAMPLES, SampleFields
from preau.gateway.pages.agents.tariffs.steps import StepFields
from preau.gateway.pages.agents.tariffs.typed import Typed, flattened
from preau.gateway.pages.form_fields import Needed
from preau.gateway.pages.form_models import FormModel

Definition = TariffDefinitionOutput
GROUPS = ("rows", "steps", "supplements", "free", "components")
"""The parts of a definition that are lists."""
MOST = {"rows": 50, "steps": 50, "supplements": 20, "free": 20, "components": 10, "samples": 30}
"""How many of each a form takes."""
LEAST = {"rows": 1, "steps": 0, "supplements": 0, "free": 0, "components": 0, "samples": 0}
"""How many of each it shows to begin with."""


class TermsForm(FormModel):
    """How a price comes about, and the families that it is shown for."""

    quantity: QuantityFields
    rows: Annotated[list[RowFields], Field(title="Ligne"), Needed("Indiquez au moins une ligne de prix.")]
    steps: Annotated[list[StepFields], Field(title="Ajustement")] = Field(default_factory=list[StepFields])
    supplements: Annotated[list[SupplementFields], Field(title="Supplément")] = Field(
        default_factory=list[SupplementFields]
    )
    free: Annotated[list[FreeFields], Field(title="Gratuité")] = Field(default_factory=list[FreeFields])
    components: Annotated[list[ComponentFields], Field(title="Composante")] = Field(
        default_factory=list[ComponentFields]
    )
    quotient: Annotated[QuotientFields, Field(title="Quotient")]
    siblings: Annotated[Literal["record", "enrolled"], Field(title="Enfants comptés")] = "record"
    samples: Annotated[list[SampleFields], Field(title="Famille type")] = Field(
        default_factory=lambda: [*SAMPLES]
    )

    def definition(self) -> Definition:
        """The definition that the form states."""
        return Definition(
            quantity=self.quantity.stated(),
            rows=[row.stated() for row in self.rows],
            steps=[step.stated() for step in self.steps],
            supplements=[supplement.stated() for supplement in self.supplements],
            free=[free.stated() for free in self.free],
            components=[component.stated() for component in self.components],
            quotient=self.quotient.stated(),
            siblings=self.siblings,
        )


def typed_terms(definition: Definition) -> dict[str, Any]:
    """The form's values for a definition, and for the usual families."""
    terms: Typed = {
        "quantity": QuantityFields.typed(definition.quantity),
        "rows": [RowFields.typed(row) for row in definition.rows],
        "steps": [StepFields.typed(step) for step in definition.steps],
        "supplements": [SupplementFields.typed(each) for each in definition.supplements],
        "free": [FreeFields.typed(free) for free in definition.free],
        "components": [ComponentFields.typed(component) for component in definition.components],
        "quotient": QuotientFields.typed(definition.quotient),
        "siblings": definition.siblings,
        "samples": [sample.typed() for sample in SAMPLES],
    }
    return flattened(terms)


BLANK = typed_terms(Definition.model_validate({"rows": []}))
"""What the form of a new tariff has from the start."""


def as_json(part: BaseModel) -> dict[str, Any]:
    """A part of a definition as billing takes it."""
    return part.model_dump(mode="json", by_alias=True)


def parts_of(definition: Definition) -> dict[str, Any]:
    """A definition in the parts whose changes are told: each row and each step one of its own."""
    whole = as_json(definition)
    parts = {name: part for name, part in whole.items() if name not in GROUPS}
    for group in GROUPS:
        parts |= {f"{group}.{number}": _in_order(part) for number, part in enumerate(whole[group])}
    return parts


def _in_order(part: dict[str, Any]) -> dict[str, Any]:
    """A part with the alternatives of its conditions sorted: in which order they stand says nothing."""
    when = part.get("when")
    if when is None:
        return part
    alternatives = {name: sorted(when[name]) for name in ("booked", "also_booked")}
    return {**part, "when": {**when, **alternatives}}
