"""What a tariff counts, in the terms of a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from preau.gateway.api.models.billing import ByBooking, ByCard, ByMonth, BySlice, ByUnit
from preau.gateway.pages.agents.tariffs.typed import Typed, time_typed
from preau.gateway.pages.form_fields import PerhapsTime
from preau.gateway.pages.form_models import FormModel

Quantity = ByUnit | BySlice | ByBooking | ByMonth | ByCard
MINUTES: Mapping[str, Literal[15, 30, 60]] = {"15": 15, "30": 30, "60": 60}


class SliceFields(FormModel):
    """Slices of the stay, or of what passes the closing time."""

    minutes: Annotated[Literal["15", "30", "60"], Field(title="Durée d’une tranche")] = "30"
    of: Annotated[Literal["stay", "overrun"], Field(title="De quoi")] = "stay"
    closing: Annotated[PerhapsTime, Field(title="Heure de fermeture")] = None

    def stated(self) -> BySlice:
        minutes = MINUTES[self.minutes]
        return BySlice(kind="slices", minutes=minutes, of=self.of, closing=self.closing)

    @staticmethod
    def typed(slices: BySlice) -> Typed:
        return {"minutes": str(slices.minutes), "of": slices.of, "closing": time_typed(slices.closing)}


class QuantityFields(FormModel):
    """What is counted, and what that kind of counting wants to know."""

    of_kind: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "units": (),
        "slices": ("slices",),
        "booking": (),
        "month": (),
        "card": (),
    }

    kind: Annotated[
        Literal["units", "slices", "booking", "month", "card"], Field(title="Ce qui est compté")
    ] = "units"
    slices: SliceFields = SliceFields()

    def stated(self) -> Quantity:
        match self.kind:
            case "units":
                return ByUnit(kind="units")
            case "slices":
                return self.slices.stated()
            case "booking":
                return ByBooking(kind="booking")
            case "month":
                return ByMonth(kind="month")
            case "card":
                return ByCard(kind="card")

    @staticmethod
    def typed(quantity: Quantity) -> Typed:
        slices = {"slices": SliceFields.typed(quantity)} if isinstance(quantity, BySlice) else {}
        return {"kind": quantity.kind, **slices}
