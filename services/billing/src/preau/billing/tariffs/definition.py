"""What an agent may state as a tariff: declarative, without code, and checked before it counts.

Amounts are euro cents for one unit of the activity. Brackets of the quotient familial are half-open:
``from`` included, ``to`` excluded; the last one has no ``to``.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from preau.common.http.texts import Line
from preau.common.money import Cents

HIGHEST = "highest"
"""A missing quotient pays the dearest bracket."""

Amount = Annotated[Cents, Field(ge=0, le=1_000_000)]


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Bracket(_Stated):
    """The price of the quotients from ``lower`` (included) to ``upper`` (excluded; ``None``: no end)."""

    lower: int = Field(alias="from", ge=0, le=1_000_000)
    upper: int | None = Field(alias="to", default=None, ge=1, le=1_000_000)
    label: Line = Field(min_length=1, max_length=20)
    amount_cents: Amount

    def holds(self, quotient: int) -> bool:
        return self.lower <= quotient and (self.upper is None or quotient < self.upper)


class Supplement(_Stated):
    """Families from elsewhere pay so much more a unit."""

    kind: Literal["supplement"]
    amount_cents: Amount


class Multiplier(_Stated):
    """Families from elsewhere pay the price so many times."""

    kind: Literal["multiplier"]
    factor: Decimal = Field(gt=0, le=10, decimal_places=4)


class OwnPrice(_Stated):
    """Families from elsewhere pay a fixed price: neither the quotient nor the sibling's rank changes it."""

    kind: Literal["price"]
    amount_cents: Amount


class OwnGrid(_Stated):
    """Families from elsewhere have their own brackets."""

    kind: Literal["grid"]
    brackets: tuple[Bracket, ...] = Field(min_length=1, max_length=50)


NonResident = Annotated[Supplement | Multiplier | OwnPrice | OwnGrid, Field(discriminator="kind")]


class SiblingRule(_Stated):
    """From the child of this rank on (1 is the eldest), the price changes by ``percent``."""

    rank: int = Field(ge=2, le=20)
    percent: Decimal = Field(ge=-100, le=100, decimal_places=2)


class _Options(_Stated):
    non_resident: NonResident | None = None
    siblings: tuple[SiblingRule, ...] = Field(default=(), max_length=20)


class BracketTariff(_Options):
    """A price by bracket of the quotient. ``missing_quotient`` is ``highest`` or a bracket's label."""

    kind: Literal["brackets"]
    base: Literal["quotient"] = "quotient"
    brackets: tuple[Bracket, ...] = Field(min_length=1, max_length=50)
    missing_quotient: Line = HIGHEST


class FlatTariff(_Options):
    """The same price for all."""

    kind: Literal["flat"]
    amount_cents: Amount


class EffortRateTariff(_Options):
    """``rate`` × quotient in euros, between a floor and a ceiling (taux d'effort)."""

    kind: Literal["effort_rate"]
    rate: Decimal = Field(gt=0, le=1, decimal_places=8)
    floor_cents: Amount
    ceiling_cents: Amount
    missing_quotient: Literal["ceiling", "floor"] = "ceiling"


TariffDefinition = Annotated[BracketTariff | FlatTariff | EffortRateTariff, Field(discriminator="kind")]

DEFINITION: TypeAdapter[BracketTariff | FlatTariff | EffortRateTariff] = TypeAdapter(TariffDefinition)
"""Reads a definition as it is stored."""


def faults(definition: BracketTariff | FlatTariff | EffortRateTariff) -> dict[str, str]:
    """What is wrong with a definition, by dotted field, in French: gaps, overlaps, missing defaults."""
    found: dict[str, str] = {}
    if isinstance(definition, BracketTariff):
        found |= _bracket_faults(definition.brackets, "brackets")
        known = {bracket.label for bracket in definition.brackets}
        if definition.missing_quotient not in known | {HIGHEST}:
            found["missing_quotient"] = "Indiquez une tranche existante ou « highest »."
    if isinstance(definition, EffortRateTariff) and definition.floor_cents > definition.ceiling_cents:
        found["ceiling_cents"] = "Le plafond est inférieur au plancher."
    if isinstance(definition.non_resident, OwnGrid):
        found |= _bracket_faults(definition.non_resident.brackets, "non_resident.brackets")
    ranks = [rule.rank for rule in definition.siblings]
    for index, rank in enumerate(ranks):
        if rank in ranks[:index]:
            found[f"siblings.{index}.rank"] = "Ce rang est donné deux fois."
    return found


def _bracket_faults(brackets: Sequence[Bracket], path: str) -> dict[str, str]:
    found: dict[str, str] = {}
    if brackets[0].lower != 0:
        found[f"{path}.0.from"] = "La première tranche commence à 0."
    for index, (before, after) in enumerate(pairwise(brackets), start=1):
        if before.upper is None:
            found[f"{path}.{index - 1}.to"] = "Seule la dernière tranche est sans fin."
        elif before.upper <= before.lower or (after.upper is not None and after.upper <= after.lower):
            continue  # told below: a bracket that ends before it begins leaves no gap worth a word
        elif after.lower > before.upper:
            found[f"{path}.{index}.from"] = f"Trou entre {before.upper} et {after.lower}."
        elif after.lower < before.upper:
            found[f"{path}.{index}.from"] = f"Chevauchement entre {after.lower} et {before.upper}."
    for index, bracket in enumerate(brackets):
        if bracket.upper is not None and bracket.upper <= bracket.lower:
            found[f"{path}.{index}.to"] = (
                "La tranche finit avant de commencer : donnez une fin plus grande que le début."
            )
        if any(bracket.label == other.label for other in brackets[:index]):
            found[f"{path}.{index}.label"] = "Cette étiquette est donnée deux fois."
    if brackets[-1].upper is not None:
        found[f"{path}.{len(brackets) - 1}.to"] = "La dernière tranche n’a pas de fin."
    return found
