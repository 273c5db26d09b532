"""From when a quotient counts and what is paid without one, in the terms of a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from preau.gateway.api.models.billing import FixedPrice, Highest, NamedBand, QuotientPolicy
from preau.gateway.pages.agents.tariffs.typed import Typed, cents_typed
from preau.gateway.pages.form_fields import NeededWith, PerhapsCents
from preau.gateway.pages.form_models import FormModel

Missing = Highest | NamedBand | FixedPrice


class MissingFields(FormModel):
    """What is paid without a quotient; of no kind, what the tariff says for all of its rows."""

    of_kind: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "highest": (),
        "band": ("label",),
        "price": ("amount",),
    }

    kind: Annotated[Literal["", "highest", "band", "price"], Field(title="Sans quotient")] = ""
    label: Annotated[
        str,
        Field(title="Tranche sans quotient"),
        NeededWith("kind", ("band",), "Indiquez le nom de la tranche de ceux qui n’ont pas de quotient."),
    ] = ""
    amount: Annotated[
        PerhapsCents,
        Field(title="Prix sans quotient"),
        NeededWith("kind", ("price",), "Indiquez le prix de ceux qui n’ont pas de quotient."),
    ] = None

    def stated(self) -> Missing | None:
        match self.kind:
            case "":
                return None
            case "highest":
                return Highest(kind="highest")
            case "band":
                return NamedBand(kind="band", label=self.label)
            case "price":
                return FixedPrice(kind="price", amount_cents=self.amount or 0)

    @staticmethod
    def typed(missing: Missing | None) -> Typed:
        match missing:
            case None:
                return {"kind": ""}
            case Highest():
                return {"kind": "highest"}
            case NamedBand(label=label):
                return {"kind": "band", "label": label}
            case FixedPrice(amount_cents=cents):
                return {"kind": "price", "amount": cents_typed(cents)}


class QuotientFields(FormModel):
    """When a quotient counts."""

    counts: Annotated[Literal["its_day", "next_month"], Field(title="Il compte")] = "its_day"
    retroactive: Annotated[Literal["yes", "no"], Field(title="Effet rétroactif")] = "yes"
    missing: MissingFields

    def stated(self) -> QuotientPolicy:
        return QuotientPolicy(
            counts=self.counts,
            retroactive=self.retroactive == "yes",
            missing=self.missing.stated() or Highest(kind="highest"),
        )

    @staticmethod
    def typed(policy: QuotientPolicy) -> Typed:
        return {
            "counts": policy.counts,
            "retroactive": "yes" if policy.retroactive else "no",
            "missing": MissingFields.typed(policy.missing),
        }
