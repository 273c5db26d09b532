"""What an act costs: a pure function of its tariff and its facts, which explains itself (règlement).

The unit price is rounded half up to the cent once, after every step, and the amount is quantity × unit price:
so a line multiplies as it is printed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from preau.billing.tariffs.definition import Supplement, TariffDefinition
from preau.billing.tariffs.facts import ChargeFacts, FamilyFacts, PriceFacts, rank_of
from preau.billing.tariffs.quantities import counted, slices_of
from preau.billing.tariffs.quotients import quotient_on
from preau.billing.tariffs.steps import HUNDRED, rounded, share_of, share_words, unit_price
from preau.common.money import Cents, round_half_up
from preau.wording.amounts import percentage
from preau.wording.typography import NBSP


@dataclass(frozen=True, slots=True)
class Tariff:
    """A definition and the first day it counts for."""

    effective_from: date
    definition: TariffDefinition


@dataclass(frozen=True, slots=True)
class SupplementPrice:
    """What a supplement asks for; ``once`` says how often a month, a day or an act does."""

    label: str
    once: str
    quantity: int
    unit_cents: Cents

    @property
    def amount_cents(self) -> Cents:
        return self.quantity * self.unit_cents


@dataclass(frozen=True, slots=True)
class Price:
    """The price of an act in cents, and why.

    ``steps`` tell how the unit price came about, ``quantity_steps`` how the quantity did; ``row`` is the
    place of the row that held, and ``band`` names its band that held, "" where it has none.
    """

    quantity: int
    unit_cents: Cents
    steps: tuple[str, ...]
    row: int
    quantity_steps: tuple[str, ...] = ()
    supplements: tuple[SupplementPrice, ...] = ()
    quotient_is_missing: bool = False
    band: str = ""

    @property
    def amount_cents(self) -> Cents:
        """Quantity × unit price; supplements are lines of their own."""
        return self.quantity * self.unit_cents

    @property
    def total_cents(self) -> Cents:
        """The amount with what the supplements ask for."""
        return self.amount_cents + sum(each.amount_cents for each in self.supplements)

    @property
    def explanation(self) -> str:
        """How the unit price came about, in a sentence."""
        return f"{NBSP}; ".join(self.steps)


@dataclass(frozen=True, slots=True)
class PriceList:
    """The tariffs of some activities, by activity: those in force, or those that a run froze."""

    tariffs: Mapping[UUID, Sequence[Tariff]]

    def price(self, charge: ChargeFacts, family: FamilyFacts) -> Price | None:
        """The price of a charge; ``None`` when its activity has no tariff on the day of the service."""
        tariff = tariff_on(self.tariffs.get(charge.activity_id, ()), charge.service_date)
        return price(tariff.definition, facts_on(tariff.definition, charge, family)) if tariff else None


def tariff_on(tariffs: Sequence[Tariff], day: date) -> Tariff | None:
    """The tariff in force on a day: the one that began last."""
    begun = [tariff for tariff in tariffs if tariff.effective_from <= day]
    return max(begun, key=lambda tariff: tariff.effective_from) if begun else None


def facts_on(definition: TariffDefinition, charge: ChargeFacts, family: FamilyFacts) -> PriceFacts:
    """What the price of a charge depends on: the family as it stood on the day of the service."""
    day = charge.service_date
    siblings = (
        family.siblings_on(day)
        if definition.siblings == "record"
        else family.enrolled_on(charge.activity_id, day)
    )
    return PriceFacts(
        quotient=quotient_on(family, definition.quotient, day),
        residency=family.residency_on(day),
        category=family.category_of(charge.child_id, day),
        rank=rank_of(charge.child_id, siblings),
        children=max(1, len(siblings)),
        variant=charge.variant,
        regularity=charge.regularity,
        booked=charge.booked,
        present=charge.present,
        also_booked=charge.also_booked,
        units=charge.units,
        arrived=charge.arrived,
        left=charge.left,
        first_of_month=charge.first_of_month,
        share_percent=charge.share_percent,
        reason=charge.reason,
        payer_percent=charge.payer_percent,
    )


def price(definition: TariffDefinition, facts: PriceFacts) -> Price:
    """The price of an act by a tariff."""
    quantity = counted(definition.quantity, facts)
    unit = unit_price(definition, facts)
    unit_cents, steps = rounded(unit)
    supplements = tuple(_supplement(each, facts, unit_cents) for each in definition.supplements)
    return Price(
        quantity=quantity.quantity,
        unit_cents=unit_cents,
        steps=steps,
        row=unit.row,
        quantity_steps=quantity.steps,
        supplements=tuple(each for each in supplements if each is not None),
        quotient_is_missing=unit.quotient_is_missing,
        band=unit.band,
    )


def _supplement(supplement: Supplement, facts: PriceFacts, unit_cents: Cents) -> SupplementPrice | None:
    if not supplement.when.hold(facts):
        return None
    quantity = slices_of(supplement.slices, facts).quantity if supplement.slices else 1
    if quantity == 0:
        return None
    if supplement.percent is None:
        cents, label = supplement.amount_cents or 0, supplement.label
        if facts.payer_percent != HUNDRED:
            cents, label = round_half_up(share_of(Decimal(cents), facts)), f"{label} ({share_words(facts)})"
        return SupplementPrice(label, supplement.once, quantity, cents)
    cents = round_half_up(unit_cents * supplement.percent / HUNDRED)
    label = f"{supplement.label} ({percentage(supplement.percent)})"
    return SupplementPrice(label, supplement.once, quantity, cents)


def components_of(definition: TariffDefinition, amount_cents: Cents) -> dict[str, Cents]:
    """An amount by the code of its components: each takes its part, the last one the rest.

    They always add up to the amount; nothing is taken beyond it, and what is given back divides alike.
    """
    left, sign = abs(amount_cents), -1 if amount_cents < 0 else 1
    parts: dict[str, Cents] = {}
    for component in definition.components[:-1]:
        if component.percent is None:
            part = component.amount_cents or 0
        else:
            part = round_half_up(abs(amount_cents) * component.percent / HUNDRED)
        parts[component.code] = sign * min(part, left)
        left -= min(part, left)
    if definition.components:
        parts[definition.components[-1].code] = sign * left
    return parts
