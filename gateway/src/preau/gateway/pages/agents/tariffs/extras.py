"""What a tariff has beside its price, in the terms of a form: supplements, gratuities, components."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from preau.gateway.api.models.billing import ComponentOutput, Free, SupplementOutput
from preau.gateway.pages.agents.tariffs.conditions import DISTINCTIVE, WhenFields
from preau.gateway.pages.agents.tariffs.quantity import SliceFields
from preau.gateway.pages.agents.tariffs.typed import Typed, cents_typed, number_stated, number_typed
from preau.gateway.pages.form_fields import Needed, NeededWith, PerhapsCents, PerhapsNumber, Ticked
from preau.gateway.pages.form_models import FormModel


class SupplementFields(FormModel):
    """A line beside the price."""

    distinctive: ClassVar[tuple[str, ...]] = ("label", "amount", "percent", *DISTINCTIVE)
    of_kind: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "amount": ("amount",),
        "percent": ("percent",),
        "amount_slices": ("amount", "slices"),
        "percent_slices": ("percent", "slices"),
    }

    label: Annotated[str, Field(title="Nom"), Needed("Indiquez le nom du supplément.")]
    kind: Annotated[
        Literal["amount", "percent", "amount_slices", "percent_slices"], Field(title="Calcul")
    ] = "amount"
    amount: Annotated[
        PerhapsCents,
        Field(title="Montant"),
        NeededWith("kind", ("amount", "amount_slices"), "Indiquez le montant du supplément."),
    ] = None
    percent: Annotated[
        PerhapsNumber,
        Field(title="Pourcentage du prix"),
        NeededWith("kind", ("percent", "percent_slices"), "Indiquez le pourcentage du supplément."),
    ] = None
    slices: SliceFields = SliceFields()
    once: Annotated[
        Literal["act", "child_day", "family_day", "child_month", "family_month"], Field(title="Demandé")
    ] = "act"
    when: WhenFields

    def stated(self) -> SupplementOutput:
        return SupplementOutput(
            label=self.label,
            when=self.when.stated(),
            amount_cents=self.amount,
            percent=number_stated(self.percent),
            slices=self.slices.stated() if self.kind.endswith("_slices") else None,
            once=self.once,
        )

    @staticmethod
    def typed(supplement: SupplementOutput) -> Typed:
        slices = supplement.slices
        kind = "percent" if supplement.amount_cents is None else "amount"
        return {
            "label": supplement.label,
            "kind": f"{kind}_slices" if slices else kind,
            "amount": cents_typed(supplement.amount_cents),
            "percent": number_typed(supplement.percent),
            "once": supplement.once,
            "when": WhenFields.typed(supplement.when),
            **({"slices": SliceFields.typed(slices)} if slices else {}),
        }


class FreeFields(FormModel):
    """Whom nothing is asked of."""

    distinctive: ClassVar[tuple[str, ...]] = ("label", *DISTINCTIVE)

    label: Annotated[str, Field(title="Nom"), Needed("Indiquez le nom de la gratuité.")]
    when: WhenFields

    def stated(self) -> Free:
        return Free(label=self.label, when=self.when.stated())

    @staticmethod
    def typed(free: Free) -> Typed:
        return {"label": free.label, "when": WhenFields.typed(free.when)}


class ComponentFields(FormModel):
    """A part of the price; the last one takes the rest."""

    distinctive: ClassVar[tuple[str, ...]] = ("code", "label", "percent", "amount")

    code: Annotated[str, Field(title="Code"), Needed("Indiquez le code de la composante.")]
    label: Annotated[str, Field(title="Nom"), Needed("Indiquez le nom de la composante.")]
    percent: Annotated[PerhapsNumber, Field(title="Part en %")] = None
    amount: Annotated[PerhapsCents, Field(title="Montant")] = None
    food: Annotated[Ticked, Field(title="Alimentaire")] = False

    def stated(self) -> ComponentOutput:
        return ComponentOutput(
            code=self.code,
            label=self.label,
            food=self.food,
            percent=number_stated(self.percent),
            amount_cents=self.amount,
        )

    @staticmethod
    def typed(component: ComponentOutput) -> Typed:
        return {
            "code": component.code,
            "label": component.label,
            "food": "yes" if component.food else "",
            "percent": number_typed(component.percent),
            "amount": cents_typed(component.amount_cents),
        }
