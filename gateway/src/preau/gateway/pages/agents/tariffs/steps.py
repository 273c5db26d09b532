"""The steps of a tariff, in the terms of a form: what changes the price, in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from preau.gateway.api.models.billing import Add, Bounds, MultiplyOutput, PercentOutput, Replace, Shift
from preau.gateway.pages.agents.tariffs.conditions import DISTINCTIVE, WhenFields
from preau.gateway.pages.agents.tariffs.typed import Typed, cents_typed, number_typed
from preau.gateway.pages.form_fields import NeededWith, PerhapsCents, PerhapsNumber, PerhapsSigned
from preau.gateway.pages.form_models import FormModel

Step = Shift | MultiplyOutput | PercentOutput | Add | Replace | Bounds


class StepFields(FormModel):
    """Something that changes the price of whom it is for."""

    distinctive: ClassVar[tuple[str, ...]] = (
        "label",
        "bands",
        "factor",
        "percent",
        "amount",
        "floor",
        "ceiling",
        *DISTINCTIVE,
    )
    of_kind: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "percent": ("percent",),
        "multiply": ("factor",),
        "add": ("amount",),
        "replace": ("amount",),
        "shift": ("bands",),
        "bounds": ("floor", "ceiling"),
    }

    label: Annotated[str, Field(title="Nom")] = ""
    kind: Annotated[
        Literal["percent", "multiply", "add", "replace", "shift", "bounds"], Field(title="Ajustement")
    ] = "percent"
    bands: Annotated[
        PerhapsSigned,
        Field(title="Nombre de tranches"),
        NeededWith("kind", ("shift",), "Indiquez de combien de tranches décaler, par exemple 1 ou −1."),
    ] = None
    factor: Annotated[
        PerhapsNumber,
        Field(title="Multiplier par"),
        NeededWith("kind", ("multiply",), "Indiquez par combien multiplier, par exemple 1,5."),
    ] = None
    percent: Annotated[
        PerhapsNumber,
        Field(title="Pourcentage"),
        NeededWith("kind", ("percent",), "Indiquez un pourcentage, par exemple −10 ou 25."),
    ] = None
    amount: Annotated[
        PerhapsCents,
        Field(title="Montant"),
        NeededWith("kind", ("add", "replace"), "Indiquez un montant, par exemple −0,50."),
    ] = None
    floor: Annotated[PerhapsCents, Field(title="Plancher")] = None
    ceiling: Annotated[PerhapsCents, Field(title="Plafond")] = None
    when: WhenFields

    def stated(self) -> Step:
        label, when = self.label, self.when.stated()
        match self.kind:
            case "shift":
                return Shift(kind="shift", label=label, when=when, bands=self.bands or 0)
            case "multiply":
                return MultiplyOutput(kind="multiply", label=label, when=when, factor=str(self.factor))
            case "percent":
                return PercentOutput(kind="percent", label=label, when=when, percent=str(self.percent))
            case "add":
                return Add(kind="add", label=label, when=when, amount_cents=self.amount or 0)
            case "replace":
                return Replace(kind="replace", label=label, when=when, amount_cents=self.amount or 0)
            case "bounds":
                floor, ceiling = self.floor or 0, self.ceiling
                return Bounds(kind="bounds", label=label, when=when, floor_cents=floor, ceiling_cents=ceiling)

    @staticmethod
    def typed(step: Step) -> Typed:
        return {
            "label": step.label,
            "kind": step.kind,
            **_change_typed(step),
            "when": WhenFields.typed(step.when),
        }


def _change_typed(step: Step) -> Typed:
    match step:
        case Shift(bands=bands):
            return {"bands": str(bands)}
        case MultiplyOutput(factor=factor):
            return {"factor": number_typed(factor)}
        case PercentOutput(percent=percent):
            return {"percent": number_typed(percent)}
        case Add(amount_cents=cents) | Replace(amount_cents=cents):
            return {"amount": cents_typed(cents)}
        case Bounds():
            return {"floor": cents_typed(step.floor_cents), "ceiling": cents_typed(step.ceiling_cents)}
