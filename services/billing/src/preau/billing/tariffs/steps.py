"""The exact price of one unit: the row that holds, then each step in its turn, told in words as it goes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from preau.billing.tariffs.definition import (
    Add,
    Band,
    Bands,
    Bounds,
    EffortRate,
    FixedPrice,
    Flat,
    Free,
    Highest,
    Missing,
    Multiply,
    NamedBand,
    Percent,
    Replace,
    Row,
    Shift,
    TariffDefinition,
)
from preau.billing.tariffs.facts import PriceFacts
from preau.common.money import round_half_up
from preau.wording.amounts import euros, exact_euros, number, percentage, quotient_familial
from preau.wording.kinds import RESIDENCY
from preau.wording.typography import MINUS, counted

HUNDRED = Decimal(100)
NOUGHT = Decimal(0)
FLOOR, CEILING = "plancher", "plafond"


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """A price on its way: exact cents, the explanation so far, and the place of the row that held.

    ``band`` names the band of the row that held, before any shift; of an effort rate, its floor or ceiling.
    """

    cents: Decimal
    steps: tuple[str, ...]
    row: int
    quotient_is_missing: bool = False
    band: str = ""


def unit_price(definition: TariffDefinition, facts: PriceFacts) -> UnitPrice:
    """The exact price of one unit, after every step that holds."""
    at, row = next((at, row) for at, row in enumerate(definition.rows) if row.when.hold(facts))
    holding = [step for step in definition.steps if step.when.hold(facts)]
    shift = sum(step.bands for step in holding if isinstance(step, Shift))
    unit = replace(_priced(row, definition.quotient.missing, facts, shift), row=at)
    for step in holding:
        if not isinstance(step, Shift):
            unit = _stepped(step, facts, unit)
    return _due(definition.free, facts, unit)


def _priced(row: Row, default: Missing, facts: PriceFacts, shift: int) -> UnitPrice:
    """What a row asks for; its label goes before, where it has one."""
    match row.price:
        case Flat(amount_cents=cents):
            return UnitPrice(Decimal(cents), (f"{row.label or 'tarif unique'} {euros(cents)}",), 0)
        case Bands() as bands:
            unit = _by_band(bands, bands.missing or default, facts, shift)
        case EffortRate() as rate:
            unit = _by_effort(rate, rate.missing or default, facts.quotient)
    return replace(unit, steps=(row.label, *unit.steps)) if row.label else unit


def _by_band(price: Bands, missing: Missing, facts: PriceFacts, shift: int) -> UnitPrice:
    if price.of == "children":
        told = counted(facts.children, "enfant", "enfants")
        return _of_band(price.bands, Decimal(facts.children), told, shift)
    if facts.quotient is not None:
        return _of_band(price.bands, facts.quotient, _quotient(facts.quotient), shift)
    match missing:
        case FixedPrice(amount_cents=cents):
            return _unknown_quotient(Decimal(cents), euros(cents))
        case NamedBand(label=label):
            at = next(at for at, band in enumerate(price.bands) if band.label == label)
        case Highest():
            at = max(range(len(price.bands)), key=lambda at: price.bands[at].amount_cents)
    cents, words = _shifted(price.bands, at, shift)
    return _unknown_quotient(cents, words, price.bands[at].label)


def _of_band(bands: Sequence[Band], value: Decimal, told: str, shift: int) -> UnitPrice:
    at = next((at for at, band in enumerate(bands) if band.holds(value)), 0)
    cents, words = _shifted(bands, at, shift)
    return UnitPrice(cents, (f"{told} → {words}",), 0, band=bands[at].label)


def _shifted(bands: Sequence[Band], at: int, shift: int) -> tuple[Decimal, str]:
    band = bands[min(max(at + shift, 0), len(bands) - 1)]
    shifted = "" if band is bands[at] else f", décalée en {band.label}"
    return Decimal(band.amount_cents), f"tranche {bands[at].label}{shifted} {euros(band.amount_cents)}"


def _by_effort(price: EffortRate, missing: Missing, value: Decimal | None) -> UnitPrice:
    if value is None:
        if isinstance(missing, FixedPrice):
            return _unknown_quotient(Decimal(missing.amount_cents), euros(missing.amount_cents))
        ceiling = Decimal(price.ceiling_cents)
        return _unknown_quotient(ceiling, f"{CEILING} {euros(price.ceiling_cents)}", CEILING)
    exact = price.rate * value * HUNDRED
    cents = min(max(exact, Decimal(price.floor_cents)), Decimal(price.ceiling_cents))
    words = f"{_quotient(value)} × {percentage(price.rate * HUNDRED)} → {exact_euros(exact)}"
    bound = "" if cents == exact else FLOOR if exact < cents else CEILING
    if bound:
        words += f", {bound} {exact_euros(cents)}"
    return UnitPrice(cents, (words,), 0, band=bound)


def _unknown_quotient(cents: Decimal, words: str, band: str = "") -> UnitPrice:
    return UnitPrice(cents, (f"QF inconnu → {words}",), 0, quotient_is_missing=True, band=band)


def _stepped(
    step: Multiply | Percent | Add | Replace | Bounds, facts: PriceFacts, unit: UnitPrice
) -> UnitPrice:
    label = step.label or _label(step, facts)
    match step:
        case Replace(amount_cents=cents):
            words = f"{label} {euros(cents)}" if label else f"prix {euros(cents)}"
            return replace(unit, cents=Decimal(cents), steps=(words,), quotient_is_missing=False)
        case Multiply(factor=factor):
            return _changed(unit, unit.cents * factor, label, f"× {number(factor)}")
        case Percent(percent=percent):
            changed = unit.cents * (HUNDRED + percent) / HUNDRED
            return _changed(unit, changed, label, f"{_sign(percent)}{percentage(abs(percent))}")
        case Add(amount_cents=cents):
            changed = max(unit.cents + cents, NOUGHT)
            return _changed(unit, changed, label, f"{_sign(cents)}{euros(abs(cents))}")
        case Bounds(floor_cents=floor, ceiling_cents=ceiling):
            if unit.cents < floor:
                return _changed(unit, Decimal(floor), label, FLOOR)
            if ceiling is not None and unit.cents > ceiling:
                return _changed(unit, Decimal(ceiling), label, CEILING)
            return unit


def _changed(unit: UnitPrice, cents: Decimal, label: str, words: str) -> UnitPrice:
    told = " ".join(each for each in (label, words) if each)
    return replace(unit, cents=cents, steps=(*unit.steps, f"{told} → {exact_euros(cents)}"))


def _label(step: Multiply | Percent | Add | Replace | Bounds, facts: PriceFacts) -> str:
    """What a step without a label is called: by whom it is for."""
    if step.when.rank is not None:
        return f"{facts.rank}e enfant"
    if step.when.children is not None:
        return counted(facts.children, "enfant", "enfants")
    if step.when.residencies:
        return "hors commune" if facts.residency == "non_resident" else RESIDENCY.get(facts.residency, "")
    return ""


def _due(free: Sequence[Free], facts: PriceFacts, unit: UnitPrice) -> UnitPrice:
    """Nothing of what is free, a share of what an absence leaves due, and of that what the family pays."""
    given = next((each for each in free if each.when.hold(facts)), None)
    if given is not None:
        return replace(unit, cents=NOUGHT, steps=(*unit.steps, f"{given.label} → {euros(0)}"))
    if facts.share_percent != HUNDRED:
        cents = unit.cents * facts.share_percent / HUNDRED
        share = f"{percentage(Decimal(facts.share_percent))} dus"
        unit = _changed(unit, cents, facts.reason or "absence", share)
    if facts.payer_percent == HUNDRED:
        return unit
    return _changed(unit, share_of(unit.cents, facts), share_words(facts), "")


def share_of(cents: Decimal, facts: PriceFacts) -> Decimal:
    """What the family pays of an amount by the child's custody."""
    return cents * facts.payer_percent / HUNDRED


def share_words(facts: PriceFacts) -> str:
    """What is said of it."""
    return f"votre part {percentage(Decimal(facts.payer_percent))}"


def _quotient(value: Decimal) -> str:
    return f"QF {quotient_familial(int(value * HUNDRED))}"


def _sign(value: Decimal | int) -> str:
    return MINUS if value < 0 else "+"


def rounded(unit: UnitPrice) -> tuple[int, tuple[str, ...]]:
    """The unit price in whole cents, and its explanation with the rounding where there was one."""
    cents = round_half_up(unit.cents)
    return cents, unit.steps if cents == unit.cents else (*unit.steps, f"arrondi à {euros(cents)}")
