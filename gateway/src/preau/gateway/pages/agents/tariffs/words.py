"""A tariff in words, for the list, the summary before saving and the difference between two versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import TypeAdapter

from preau.gateway.api.models.billing import (
    Add,
    BandOutput,
    BandsOutput,
    Bounds,
    BySlice,
    ComponentOutput,
    Conditions,
    EffortRateOutput,
    FixedPrice,
    Flat,
    Free,
    Highest,
    MultiplyOutput,
    NamedBand,
    PercentOutput,
    QuotientPolicy,
    Range,
    Replace,
    RowOutput,
    Shift,
    SupplementOutput,
)
from preau.gateway.pages.agents.tariffs.codes import OwnCodes
from preau.gateway.pages.agents.tariffs.quantity import Quantity
from preau.gateway.pages.agents.tariffs.quotient import Missing
from preau.gateway.pages.agents.tariffs.rows import Price
from preau.gateway.pages.agents.tariffs.steps import Step
from preau.gateway.pages.agents.tariffs.terms import MOST, Definition
from preau.gateway.pages.agents.workbench.confirming import Shown, among
from preau.wording.amounts import euros, number, percentage
from preau.wording.dates import time_of_day
from preau.wording.kinds import LEVEL, RESIDENCY
from preau.wording.typography import MINUS, NARROW_NBSP, counted, sentence

QUANTITY = {
    "units": "à l’unité",
    "slices": "par tranche de durée",
    "booking": "à la réservation, quoi que compte le pointage",
    "month": "forfait du mois, dû dès la première réservation",
    "card": "carte mensuelle",
}
PRICE = {"flat": "prix unique", "bands": "tranches", "effort_rate": "taux d’effort"}
BANDS_OF = {"quotient": "du quotient", "children": "du nombre d’enfants"}
SLICES_OF = {"stay": "de la présence", "overrun": "du dépassement après la fermeture"}
STEP = {
    "percent": "pourcentage",
    "multiply": "multiplier",
    "add": "montant en plus ou moins",
    "replace": "prix propre",
    "shift": "décaler de tranches",
    "bounds": "plancher et plafond",
}
SUPPLEMENT = {
    "amount": "un montant",
    "percent": "un pourcentage du prix",
    "amount_slices": "un montant par tranche de durée",
    "percent_slices": "un pourcentage par tranche de durée",
}
ONCE = {
    "act": "à chaque fois",
    "child_day": "par enfant et jour",
    "family_day": "par famille et jour",
    "child_month": "par enfant et mois",
    "family_month": "par famille et mois",
}
COUNTS = {"its_day": "dès sa date d’effet", "next_month": "au premier du mois suivant"}
RETROACTIVE = {"yes": "oui, à sa date d’effet", "no": "non, pas avant le jour de sa saisie"}
MISSING = {"highest": "le prix le plus cher", "band": "une tranche", "price": "un prix"}
SIBLINGS = {"record": "ceux de la fiche de la famille", "enrolled": "ceux qui sont inscrits à la prestation"}
REGULARITY = {"regular": "régulier", "occasional": "occasionnel"}
BOOKED = {"planned": "prévue", "late": "tardive", "unbooked": "sans réservation"}
PRESENT = {"yes": "présent", "no": "absent"}

SEPARATOR = f"{NARROW_NBSP}; "

Part = TypeVar("Part")


def options(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """The choices of a field."""
    return [(value, sentence(word)) for value, word in words.items()]


def quantity_told(quantity: Quantity) -> str:
    return _slices_told(quantity) if isinstance(quantity, BySlice) else QUANTITY[quantity.kind]


def _slices_told(slices: BySlice) -> str:
    closing = f" à {time_of_day(slices.closing)}" if slices.closing else ""
    return f"par tranche de {slices.minutes} min {SLICES_OF[slices.of]}{closing}"


def conditions_told(when: Conditions) -> str:
    """For whom something counts, "" for all."""
    told = [
        _any_of(RESIDENCY.get(each, each) for each in when.residencies),
        _any_of(LEVEL.get(each, each) for each in when.categories),
        _any_of(when.variants),
        _span_told(when.rank, "rang"),
        _span_told(when.children, "enfants"),
        REGULARITY.get(when.regularity or "", ""),
        f"réservation {_any_of(BOOKED[each] for each in when.booked)}" if when.booked else "",
        {None: "", True: "présent", False: "absent"}[when.present],
        "autre prestation le même jour" if when.also_booked else "",
    ]
    return ", ".join(each for each in told if each)


def _any_of(words: Any) -> str:
    return " ou ".join(words)


def _span_told(span: Range | None, what: str) -> str:
    if span is None:
        return ""
    if span.to is None:
        return f"{what} {span.from_} et plus"
    return f"{what} {span.from_}" if span.from_ == span.to else f"{what} {span.from_} à {span.to}"


def row_told(row: RowOutput) -> str:
    """A row: its name, for whom it is, and its price."""
    return _named(row.label, row.when, price_told(row.price))


def _named(label: str, when: Conditions, words: str) -> str:
    whom = conditions_told(when)
    head = f"{label} ({whom})" if label and whom else label or whom
    return f"{head}{NARROW_NBSP}: {words}" if head else words


def price_told(price: Price) -> str:
    """A price with all of its bands."""
    match price:
        case Flat():
            return euros(price.amount_cents)
        case BandsOutput():
            return SEPARATOR.join([*map(_band_told, price.bands), *_missing_of(price.missing)])
        case EffortRateOutput():
            limits = f"de {euros(price.floor_cents)} à {euros(price.ceiling_cents)}"
            rate = percentage(Decimal(price.rate) * 100)
            return SEPARATOR.join([f"taux d’effort {rate}, {limits}", *_missing_of(price.missing)])


def price_in_short(price: Price) -> str:
    """A price in a few words: "4 tranches du quotient, de 1,20 € à 5,60 €"."""
    if not isinstance(price, BandsOutput):
        return price_told(price)
    cents = [band.amount_cents for band in price.bands]
    bands = counted(len(cents), "tranche", "tranches")
    return f"{bands} {BANDS_OF[price.of]}, de {euros(min(cents))} à {euros(max(cents))}"


def _band_told(band: BandOutput) -> str:
    span = f"{number(band.from_)} à {number(band.to)}" if band.to else f"{number(band.from_)} et plus"
    return f"{band.label} ({span}) {euros(band.amount_cents)}"


def _missing_of(missing: Missing | None) -> list[str]:
    return [] if missing is None else [f"sans quotient, {missing_told(missing)}"]


def missing_told(missing: Missing) -> str:
    match missing:
        case Highest():
            return "le prix le plus cher"
        case NamedBand(label=label):
            return f"la tranche {label}"
        case FixedPrice(amount_cents=cents):
            return euros(cents)


def step_told(step: Step) -> str:
    """A step: its name, for whom it is, and what it does."""
    return _named(step.label, step.when, _change_told(step))


def _change_told(step: Step) -> str:
    match step:
        case Shift(bands=bands):
            return f"{_sign(bands)}{counted(abs(bands), 'tranche', 'tranches')}"
        case MultiplyOutput(factor=factor):
            return f"× {number(factor)}"
        case PercentOutput(percent=percent):
            return f"{_sign(Decimal(percent))}{percentage(abs(Decimal(percent)))}"
        case Add(amount_cents=cents):
            return f"{_sign(cents)}{euros(abs(cents))}"
        case Replace(amount_cents=cents):
            return f"prix propre de {euros(cents)}"
        case Bounds():
            ceiling = "" if step.ceiling_cents is None else f", plafond {euros(step.ceiling_cents)}"
            return f"plancher {euros(step.floor_cents)}{ceiling}"


def _sign(value: Decimal | int) -> str:
    return MINUS if value < 0 else "+"


def supplement_told(supplement: SupplementOutput) -> str:
    percent = supplement.percent
    amount = percentage(Decimal(percent)) if percent is not None else euros(supplement.amount_cents or 0)
    slices = f" {_slices_told(supplement.slices)}" if supplement.slices else ""
    return _named(supplement.label, supplement.when, f"{amount}{slices}, {ONCE[supplement.once]}")


def free_told(free: Free) -> str:
    return _named(free.label, free.when, "gratuit")


def component_told(component: ComponentOutput) -> str:
    if component.percent is not None:
        share = percentage(Decimal(component.percent))
    else:
        share = "le reste" if component.amount_cents is None else euros(component.amount_cents)
    food = ", alimentaire" if component.food else ""
    return f"{component.label} ({component.code}){NARROW_NBSP}: {share}{food}"


def quotient_told(policy: QuotientPolicy) -> str:
    retroactive = "" if policy.retroactive else ", pas avant sa saisie"
    counts = f"compte {COUNTS[policy.counts]}{retroactive}"
    return SEPARATOR.join([counts, f"sans quotient, {missing_told(policy.missing)}"])


def in_short(definition: Definition) -> list[str]:
    """A tariff in a few lines: its rows, its steps, and what it has besides."""
    rows = [_named(row.label, row.when, price_in_short(row.price)) for row in definition.rows]
    extras = [*map(supplement_told, definition.supplements), *map(free_told, definition.free)]
    lines = [*rows, *map(step_told, definition.steps), *extras]
    return lines if definition.quantity.kind == "units" else [quantity_told(definition.quantity), *lines]


def shown(codes: OwnCodes) -> dict[str, Shown]:
    """What the summary before saving tells of a tariff, in a commune's own words."""
    said = codes.said_of
    return {
        "quantity": _shown("Ce qui est compté", quantity_told, _QUANTITY),
        **_numbered("rows", "Ligne", lambda row: row_told(said(row)), _ROW),
        **_numbered("steps", "Ajustement", lambda step: step_told(said(step)), _STEP),
        **_numbered("supplements", "Supplément", lambda each: supplement_told(said(each)), _SUPPLEMENT),
        **_numbered("free", "Gratuité", lambda each: free_told(said(each)), _FREE),
        **_numbered("components", "Composante", component_told, _COMPONENT),
        "quotient": _shown("Quotient", quotient_told, _QUOTIENT),
        "siblings": Shown("Enfants comptés", among(options(SIBLINGS))),
    }


_QUANTITY: TypeAdapter[Quantity] = TypeAdapter(Quantity)
_ROW = TypeAdapter(RowOutput)
_STEP: TypeAdapter[Step] = TypeAdapter(Step)
_SUPPLEMENT = TypeAdapter(SupplementOutput)
_FREE = TypeAdapter(Free)
_COMPONENT = TypeAdapter(ComponentOutput)
_QUOTIENT = TypeAdapter(QuotientPolicy)


def _shown(label: str, told: Callable[[Part], str], read: TypeAdapter[Part]) -> Shown:
    """A part as the summary tells it; it comes as JSON."""
    return Shown(label, lambda part: told(read.validate_python(part)))


def _numbered(
    group: str, label: str, told: Callable[[Part], str], read: TypeAdapter[Part]
) -> dict[str, Shown]:
    return {f"{group}.{at}": _shown(f"{label} {at + 1}", told, read) for at in range(MOST[group])}
