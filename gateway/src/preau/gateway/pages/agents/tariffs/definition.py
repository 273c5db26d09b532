"""A tariff's definition in the terms of its form, and as billing takes it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, Field

from preau.gateway.api.models.billing import OwnPrice, TariffOut
from preau.gateway.pages.agents.workbench.confirming import Shown, among
from preau.gateway.pages.forms import Form
from preau.wording.amounts import euros, number

KINDS = (("brackets", "Par tranche de quotient"), ("flat", "Prix unique"))
KEPT = ("kept", "Garder le taux d’effort")
"""A way to come to a price that the form does not show."""
OPTIONS = ("siblings", "non_resident")
SECOND = 2
"""The rank from which the form's reduction counts."""


class TariffRecord(BaseModel):
    """A tariff as its form states it. An option that the form does not show is "other"."""

    version: int
    kind: Literal["brackets", "flat", "kept"]
    amount: int | None = None
    brackets: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    sibling_percent: str | None = None
    non_resident: int | Literal["other"] | None = None
    definition: dict[str, Any] = Field(exclude=True)
    tariff_id: str = Field(exclude=True)

    @classmethod
    def of(cls, tariff: TariffOut) -> TariffRecord:
        definition = tariff.definition.model_dump(mode="json", by_alias=True, exclude_none=True)
        known = definition["kind"] in dict(KINDS)
        return cls(
            version=tariff.version,
            kind=definition["kind"] if known else "kept",
            amount=definition.get("amount_cents"),
            brackets=definition.get("brackets", []),
            sibling_percent=_percent(tariff),
            non_resident=_non_resident(tariff),
            definition=definition,
            tariff_id=tariff.tariff_id,
        )

    @property
    def shows_siblings(self) -> bool:
        """Whether the form shows what siblings pay; else it stays as it is."""
        return self.sibling_percent != "other"

    @property
    def shows_non_resident(self) -> bool:
        """Whether the form shows what families from elsewhere pay; else it stays as it is."""
        return self.non_resident != "other"

    def form(self) -> Form:
        """The form as it opens."""
        values: dict[str, Any] = {
            "version": self.version,
            "kind": self.kind,
            "amount": _typed(self.amount),
            "sibling_percent": (self.sibling_percent or "").replace(".", ","),
            "non_resident": _typed(self.non_resident),
        }
        for at, each in enumerate(self.brackets):
            row = {**each, "amount": _typed(each["amount_cents"])}
            values |= {f"brackets.{at}.{name}": row.get(name) for name in ("from", "to", "label", "amount")}
        return Form(values)


def restated(present: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with what a form states otherwise; what the form does not show stays as it is."""
    kind = changed.get("kind", present.get("kind"))
    definition = {name: present[name] for name in OPTIONS if name in present}
    if kind == "flat":
        amount = changed.get("amount", present.get("amount_cents"))
        definition |= {"kind": kind, "amount_cents": amount}
    elif kind == "brackets":
        brackets: list[dict[str, Any]] = changed.get("brackets", present.get("brackets"))
        missing = present.get("missing_quotient")
        named = missing in {each["label"] for each in brackets}
        definition |= {"kind": kind, "base": "quotient", "brackets": brackets}
        definition["missing_quotient"] = missing if named else "highest"
    else:
        definition |= present
    if "sibling_percent" in changed:
        percent = changed["sibling_percent"]
        definition["siblings"] = [{"rank": SECOND, "percent": f"-{percent}"}] if percent else []
    if "non_resident" in changed:
        cents = changed["non_resident"]
        definition["non_resident"] = None if cents is None else {"kind": "price", "amount_cents": cents}
    return definition


def percent_told(percent: Decimal) -> str:
    """A percentage without the zeros that say nothing: "10", "12.5"."""
    return f"{percent.normalize():f}"


def _percent(tariff: TariffOut) -> str | None:
    match tariff.definition.siblings:
        case []:
            return None
        case [rule] if rule.rank == SECOND and rule.percent.startswith("-"):
            return percent_told(-Decimal(rule.percent))
        case _:
            return "other"


def _non_resident(tariff: TariffOut) -> int | Literal["other"] | None:
    match tariff.definition.non_resident:
        case None:
            return None
        case OwnPrice(amount_cents=cents):
            return cents
        case _:
            return "other"


def _typed(cents: int | str | None) -> str:
    """Cents as an agent types euros."""
    return f"{cents // 100},{cents % 100:02d}" if isinstance(cents, int) else ""


def _brackets_told(brackets: Any) -> str:
    return " ; ".join(
        f"{each['label']} ({number(each['from'])}"
        + (f" à {number(each['to'])}" if each.get("to") else " et plus")
        + f") : {euros(each['amount_cents'])}"
        for each in brackets
    )


def _cents_told(cents: Any) -> str:
    return euros(cents) if isinstance(cents, int) else "autre règle"


def _percent_said(percent: Any) -> str:
    return "autre règle" if percent == "other" else f"−{number(percent)} %"


SHOWN = {
    "kind": Shown("Calcul", among((*KINDS, ("kept", "Taux d’effort")))),
    "amount": Shown("Prix unique", _cents_told),
    "brackets": Shown("Tranches", _brackets_told),
    "sibling_percent": Shown("Dès le 2e enfant", _percent_said),
    "non_resident": Shown("Prix hors commune", _cents_told),
}
"""What the summary before saving tells of a tariff."""
