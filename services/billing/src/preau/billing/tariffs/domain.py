"""What a charge costs: a pure function of the charge, the tariff and the family, which explains itself.

The price of one charge is rounded half up once, after bracket, residency, rank and units; nothing is rounded
on the way. An invoice line gathers charges of the same price and adds up their cents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from preau.billing.tariffs.definition import (
    HIGHEST,
    Bracket,
    BracketTariff,
    EffortRateTariff,
    FlatTariff,
    Multiplier,
    OwnGrid,
    OwnPrice,
    Supplement,
)
from preau.billing.tariffs.facts import ChargeFacts, FamilyFacts
from preau.common.money import Cents, round_half_up
from preau.wording.amounts import euros
from preau.wording.typography import NBSP


@dataclass(frozen=True, slots=True)
class Tariff:
    """A definition and the first day it counts for."""

    effective_from: date
    definition: BracketTariff | FlatTariff | EffortRateTariff


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a charge in cents, and why. ``unit_cents`` is that of one unit, rounded for display."""

    units: int
    unit_cents: Cents
    amount_cents: Cents
    explanation: str
    quotient_is_missing: bool = False


@dataclass(frozen=True, slots=True)
class PriceList:
    """The tariffs of some activities, by activity: those in force, or those that a run froze."""

    tariffs: Mapping[UUID, Sequence[Tariff]]

    def price(self, charge: ChargeFacts, family: FamilyFacts) -> Price | None:
        """The price of a charge; ``None`` when its activity has no tariff on the day of the service."""
        tariff = tariff_on(self.tariffs.get(charge.activity_id, ()), charge.service_date)
        return price(charge, tariff, family) if tariff else None


@dataclass(frozen=True, slots=True)
class _Step:
    """A price on its way: exact cents, and the explanation so far."""

    cents: Decimal
    explanation: tuple[str, ...]
    is_final: bool = False


def tariff_on(tariffs: Sequence[Tariff], day: date) -> Tariff | None:
    """The tariff in force on a day: the one that began last."""
    begun = [tariff for tariff in tariffs if tariff.effective_from <= day]
    return max(begun, key=lambda tariff: tariff.effective_from) if begun else None


def price(charge: ChargeFacts, tariff: Tariff, family: FamilyFacts) -> Price:
    """The price of a charge by a tariff, for a family as it was on the day of the service."""
    definition = tariff.definition
    quotient = family.quotient_on(charge.service_date)
    step = _for_residents(definition, quotient)
    if not family.resident:
        step = _for_others(definition, quotient, step)
    if not step.is_final:
        step = _for_rank(definition, family.rank_of(charge.child_id), step)
    explanation = (*step.explanation, f"× {charge.units}") if charge.units != 1 else step.explanation
    return Price(
        units=charge.units,
        unit_cents=round_half_up(step.cents),
        amount_cents=round_half_up(step.cents * charge.units),
        explanation=f"{NBSP}; ".join(explanation),
        quotient_is_missing=quotient is None and not isinstance(definition, FlatTariff) and not step.is_final,
    )


def _for_residents(definition: BracketTariff | FlatTariff | EffortRateTariff, quotient: int | None) -> _Step:
    if isinstance(definition, FlatTariff):
        return _Step(Decimal(definition.amount_cents), (f"tarif unique {euros(definition.amount_cents)}",))
    if isinstance(definition, BracketTariff):
        return _by_bracket(definition.brackets, definition.missing_quotient, quotient)
    return _by_effort(definition, quotient)


def _by_bracket(brackets: Sequence[Bracket], missing: str, quotient: int | None) -> _Step:
    if quotient is not None:
        bracket = next(bracket for bracket in brackets if bracket.holds(quotient))
    elif missing == HIGHEST:
        bracket = max(brackets, key=lambda bracket: bracket.amount_cents)
    else:
        bracket = next(bracket for bracket in brackets if bracket.label == missing)
    explanation = f"{_quotient(quotient)} → tranche {bracket.label} {euros(bracket.amount_cents)}"
    return _Step(Decimal(bracket.amount_cents), (explanation,))


def _by_effort(definition: EffortRateTariff, quotient: int | None) -> _Step:
    floor, ceiling = Decimal(definition.floor_cents), Decimal(definition.ceiling_cents)
    if quotient is None:
        cents = ceiling if definition.missing_quotient == "ceiling" else floor
        bound = "plafond" if definition.missing_quotient == "ceiling" else "plancher"
        return _Step(cents, (f"{_quotient(None)} → {bound} {euros(round_half_up(cents))}",))
    exact = definition.rate * quotient * 100
    cents = min(max(exact, floor), ceiling)
    explanation = f"{_quotient(quotient)} × {_percent(definition.rate * 100)} → {euros(round_half_up(exact))}"
    if cents != exact:
        explanation += f", {'plancher' if exact < floor else 'plafond'} {euros(round_half_up(cents))}"
    return _Step(cents, (explanation,))


def _for_others(
    definition: BracketTariff | FlatTariff | EffortRateTariff, quotient: int | None, step: _Step
) -> _Step:
    """The price of a family that lives elsewhere; without a rule, that of the residents."""
    match definition.non_resident:
        case Supplement(amount_cents=cents):
            return _Step(step.cents + cents, (*step.explanation, f"hors commune +{euros(cents)}"))
        case Multiplier(factor=factor):
            return _Step(step.cents * factor, (*step.explanation, f"hors commune × {_number(factor)}"))
        case OwnPrice(amount_cents=cents):
            return _Step(Decimal(cents), (f"hors commune {euros(cents)}",), is_final=True)
        case OwnGrid(brackets=brackets):
            own = _by_bracket(brackets, HIGHEST, quotient)
            return _Step(own.cents, ("grille hors commune", *own.explanation))
        case None:
            return step


def _for_rank(definition: BracketTariff | FlatTariff | EffortRateTariff, rank: int, step: _Step) -> _Step:
    """The rule of the highest rank that the child reaches: a third child may follow the second's rule."""
    reached = [rule for rule in definition.siblings if rule.rank <= rank]
    if not reached:
        return step
    percent = max(reached, key=lambda rule: rule.rank).percent
    sign = "−" if percent < 0 else "+"
    explanation = f"{rank}e enfant {sign}{_percent(abs(percent))}"
    return _Step(step.cents * (100 + percent) / 100, (*step.explanation, explanation))


def _quotient(quotient: int | None) -> str:
    return "QF inconnu" if quotient is None else f"QF {quotient}"


def _percent(value: Decimal) -> str:
    return f"{_number(value)}{NBSP}%"


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")
