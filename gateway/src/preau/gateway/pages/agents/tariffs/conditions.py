"""For whom a part of a tariff counts, in the terms of a form."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from preau.gateway.api.models.billing import Conditions, Range
from preau.gateway.pages.agents.tariffs.typed import Categories, Codes, Residencies, Typed, codes_typed
from preau.gateway.pages.form_fields import PerhapsWhole
from preau.gateway.pages.form_models import FormModel
from preau.wording.kinds import LEVEL, RESIDENCY

Booked = Literal["planned", "late", "unbooked"]
Regularity = Literal["regular", "occasional"]
PRESENT = {"": None, "yes": True, "no": False}
"""Whether the child is present, by what is chosen."""


class SpanFields(FormModel):
    """Whole numbers from one to another, both included."""

    least: Annotated[PerhapsWhole, Field(title="De")] = Field(default=None, alias="from")
    most: Annotated[PerhapsWhole, Field(title="À")] = Field(default=None, alias="to")

    def stated(self) -> Range | None:
        """From 1 on where only an end is given, None where nothing is."""
        if self.least is None and self.most is None:
            return None
        return Range.model_validate({"from": 1 if self.least is None else self.least, "to": self.most})

    @staticmethod
    def typed(span: Range | None) -> Typed:
        return {} if span is None else {"from": str(span.from_), "to": _whole_typed(span.to)}


class WhenFields(FormModel):
    """Conditions: each that is left empty holds."""

    residencies: Annotated[Residencies, Field(title="Résidence")] = ()
    categories: Annotated[Categories, Field(title="Catégorie")] = ()
    variants: Annotated[Codes, Field(title="Variante")] = ()
    rank: Annotated[SpanFields, Field(title="Rang")]
    children: Annotated[SpanFields, Field(title="Nombre d’enfants")]
    regularity: Annotated[Literal["", Regularity], Field(title="Régularité")] = ""
    booked: Annotated[list[Booked], Field(title="Réservation")] = Field(default_factory=list[Booked])
    present: Annotated[Literal["", "yes", "no"], Field(title="Présence")] = ""
    also_booked: Annotated[list[UUID], Field(title="Autre prestation réservée")] = Field(
        default_factory=list[UUID]
    )

    def stated(self) -> Conditions:
        return Conditions(
            residencies=[*self.residencies],
            categories=[*self.categories],
            variants=[*self.variants],
            rank=self.rank.stated(),
            children=self.children.stated(),
            regularity=self.regularity or None,
            booked=[*self.booked],
            present=PRESENT[self.present],
            also_booked=[str(each) for each in self.also_booked],
        )

    @staticmethod
    def typed(when: Conditions) -> Typed:
        return {
            "residencies": codes_typed(RESIDENCY, when.residencies),
            "categories": codes_typed(LEVEL, when.categories),
            "variants": codes_typed({}, when.variants),
            "rank": SpanFields.typed(when.rank),
            "children": SpanFields.typed(when.children),
            "regularity": when.regularity or "",
            "booked": [*when.booked],
            "present": next(word for word, present in PRESENT.items() if present == when.present),
            "also_booked": [*when.also_booked],
        }


DISTINCTIVE = (
    *(f"when.{name}" for name in WhenFields.model_fields if name not in ("rank", "children")),
    *(f"when.{span}.{end}" for span in ("rank", "children") for end in ("from", "to")),
)
"""The fields of its conditions that make a row count."""


def _whole_typed(value: int | None) -> str:
    return "" if value is None else str(value)
