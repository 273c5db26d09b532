"""The rows of a tariff, in the terms of a form: a price, and for whom it is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from preau.gateway.api.models.billing import BandsOutput, EffortRateOutput, Flat, RowOutput
from preau.gateway.pages.agents.tariffs.bands import BandLines, bands_typed
from preau.gateway.pages.agents.tariffs.conditions import DISTINCTIVE, WhenFields
from preau.gateway.pages.agents.tariffs.quotient import MissingFields
from preau.gateway.pages.agents.tariffs.typed import Typed, cents_typed, number_typed
from preau.gateway.pages.form_fields import NeededWith, PerhapsCents, PerhapsNumber
from preau.gateway.pages.form_models import FormModel

Price = Flat | BandsOutput | EffortRateOutput
HUNDREDTHS = 2
"""A rate is typed in hundredths: its point moves by two places."""


class PriceFields(FormModel):
    """A price: one for all, by band, or by a rate of the quotient."""

    of_kind: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "flat": ("amount",),
        "bands": ("of", "bands", "missing"),
        "effort_rate": ("rate", "floor", "ceiling", "missing"),
    }

    kind: Annotated[Literal["flat", "bands", "effort_rate"], Field(title="Calcul")] = "flat"
    amount: Annotated[
        PerhapsCents,
        Field(title="Prix"),
        NeededWith("kind", ("flat",), "Indiquez le prix, par exemple 3,45."),
    ] = None
    of: Annotated[Literal["quotient", "children"], Field(title="Tranches")] = "quotient"
    bands: Annotated[
        BandLines,
        Field(title="Tranches"),
        NeededWith("kind", ("bands",), "Indiquez au moins une tranche."),
    ] = ()
    rate: Annotated[
        PerhapsNumber,
        Field(title="Taux"),
        NeededWith("kind", ("effort_rate",), "Indiquez le taux d’effort, par exemple 0,35."),
    ] = None
    floor: Annotated[
        PerhapsCents,
        Field(title="Plancher"),
        NeededWith("kind", ("effort_rate",), "Indiquez le plancher, par exemple 1,20."),
    ] = None
    ceiling: Annotated[
        PerhapsCents,
        Field(title="Plafond"),
        NeededWith("kind", ("effort_rate",), "Indiquez le plafond, par exemple 6,50."),
    ] = None
    missing: MissingFields = MissingFields()

    def stated(self) -> Price:
        match self.kind:
            case "flat":
                return Flat(kind="flat", amount_cents=self.amount or 0)
            case "bands":
                bands = [line.stated(at) for at, line in enumerate(self.bands)]
                return BandsOutput(kind="bands", of=self.of, bands=bands, missing=self.missing.stated())
            case "effort_rate":
                return EffortRateOutput(
                    kind="effort_rate",
                    rate=str((self.rate or Decimal(0)).scaleb(-HUNDREDTHS)),
                    floor_cents=self.floor or 0,
                    ceiling_cents=self.ceiling or 0,
                    missing=self.missing.stated(),
                )

    @staticmethod
    def typed(price: Price) -> Typed:
        match price:
            case Flat():
                return {"kind": price.kind, "amount": cents_typed(price.amount_cents)}
            case BandsOutput():
                missing = MissingFields.typed(price.missing)
                return {
                    "kind": price.kind,
                    "of": price.of,
                    "bands": bands_typed(price.bands),
                    "missing": missing,
                }
            case EffortRateOutput():
                return {
                    "kind": price.kind,
                    "rate": number_typed(Decimal(price.rate).scaleb(HUNDREDTHS)),
                    "floor": cents_typed(price.floor_cents),
                    "ceiling": cents_typed(price.ceiling_cents),
                    "missing": MissingFields.typed(price.missing),
                }


class RowFields(FormModel):
    """A row: the first one that holds gives the price."""

    distinctive: ClassVar[tuple[str, ...]] = (
        "label",
        *(f"price.{name}" for name in ("amount", "bands", "rate", "floor", "ceiling")),
        *DISTINCTIVE,
    )

    label: Annotated[str, Field(title="Nom")] = ""
    price: PriceFields
    when: WhenFields

    def stated(self) -> RowOutput:
        return RowOutput(label=self.label, price=self.price.stated(), when=self.when.stated())

    @staticmethod
    def typed(row: RowOutput) -> Typed:
        return {"label": row.label, "price": PriceFields.typed(row.price), "when": WhenFields.typed(row.when)}
