"""What is wrong with a tariff as it is stated: told by field, in French, before anything counts."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from preau.billing.tariffs.conditions import Conditions, Range
from preau.billing.tariffs.definition import (
    Band,
    Bands,
    Bounds,
    BySlice,
    EffortRate,
    Missing,
    NamedBand,
    Row,
    Shift,
    TariffDefinition,
)
from preau.common.errors import FieldErrors
from preau.wording.amounts import number

Fault = tuple[str, str]
"""A dotted field and what is wrong with it."""

HUNDRED = Decimal(100)
FIRST_CHILD = 1


def faults(definition: TariffDefinition) -> dict[str, str]:
    """What is wrong with a definition, by dotted field: gaps, overlaps, rows for nobody, no default."""
    found: dict[str, str] = {}
    for field, message in (
        *_of_rows(definition),
        *_of_steps(definition),
        *_of_quantity(definition),
        *_of_supplements(definition),
        *_of_components(definition),
    ):
        found.setdefault(field, message)
    return found


def refuse_faults(definition: TariffDefinition) -> None:
    """Raises `FieldErrors` by "definition.…" where something is wrong with a definition."""
    found = faults(definition)
    if found:
        raise FieldErrors({f"definition.{field}": message for field, message in found.items()})


def _of_rows(definition: TariffDefinition) -> Iterator[Fault]:
    rows = definition.rows
    for at, row in enumerate(rows):
        yield from _of_conditions(row.when, f"rows.{at}.when")
        yield from _of_price(row, f"rows.{at}.price", definition.quotient.missing)
        hidden_by = next((before for before in range(at) if row.when.imply(rows[before].when)), None)
        if hidden_by is not None:
            yield f"rows.{at}", f"Cette ligne ne sert jamais : la ligne {hidden_by + 1} vaut déjà pour elle."
    if not any(row.when.hold_for_all for row in rows):
        at = len(rows) - 1
        yield f"rows.{at}", "Il manque une ligne sans condition, pour ceux que les autres ne nomment pas."


def _of_price(row: Row, path: str, default: Missing) -> Iterator[Fault]:
    price = row.price
    if isinstance(price, Bands):
        yield from _of_bands(price, f"{path}.bands")
        missing = price.missing or default
        labels = {band.label for band in price.bands}
        if price.of == "quotient" and isinstance(missing, NamedBand) and missing.label not in labels:
            yield f"{path}.missing", f"Aucune tranche de cette ligne ne s’appelle « {missing.label} »."
    elif isinstance(price, EffortRate):
        if price.floor_cents > price.ceiling_cents:
            yield f"{path}.ceiling_cents", "Le plafond est inférieur au plancher."
        if isinstance(price.missing or default, NamedBand):
            yield (
                f"{path}.missing",
                "Un taux d’effort n’a pas de tranches : choisissez le plafond ou un prix.",
            )


def _of_bands(price: Bands, path: str) -> Iterator[Fault]:
    bands = price.bands
    least = Decimal(0) if price.of == "quotient" else Decimal(FIRST_CHILD)
    if bands[0].lower > least:
        yield f"{path}.0.from", f"La première tranche commence à {number(least)}."
    yield from _of_bounds(bands, path)
    for at, band in enumerate(bands):
        if any(band.label == other.label for other in bands[:at]):
            yield f"{path}.{at}.label", "Cette étiquette est donnée deux fois."
    if bands[-1].upper is not None:
        yield f"{path}.{len(bands) - 1}.to", "La dernière tranche n’a pas de fin."


def _of_bounds(bands: Sequence[Band], path: str) -> Iterator[Fault]:
    """Each band ends after it begins, and the next one begins where it ends."""
    for at, band in enumerate(bands):
        if band.upper is not None and band.upper <= band.lower:
            yield (
                f"{path}.{at}.to",
                "La tranche finit avant de commencer : donnez une fin plus grande que le début.",
            )
    for at, (before, after) in enumerate(pairwise(bands), start=1):
        if before.upper is None:
            yield f"{path}.{at - 1}.to", "Seule la dernière tranche est sans fin."
        elif any(band.upper is not None and band.upper <= band.lower for band in (before, after)):
            continue  # told already: a bracket that ends before it begins leaves no gap worth a word
        elif after.lower > before.upper:
            gap = f"Trou entre {number(before.upper)} et {number(after.lower)}"
            if after.lower - before.upper > 1:
                yield f"{path}.{at}.from", f"{gap}."
            else:  # 399,99 and 400, or 399 and 400: the ends of tables that include them
                end = f"la fin d’une tranche est exclue, donnez-lui {number(after.lower)}"
                yield f"{path}.{at}.from", f"{gap} : {end}."
        elif after.lower < before.upper:
            yield (
                f"{path}.{at}.from",
                f"Chevauchement entre {number(after.lower)} et {number(before.upper)}.",
            )


def _of_steps(definition: TariffDefinition) -> Iterator[Fault]:
    has_bands = any(isinstance(row.price, Bands) for row in definition.rows)
    for at, step in enumerate(definition.steps):
        yield from _of_conditions(step.when, f"steps.{at}.when")
        if isinstance(step, Shift) and not has_bands:
            yield f"steps.{at}.bands", "Aucune ligne n’a de tranches à décaler."
        if (
            isinstance(step, Bounds)
            and step.ceiling_cents is not None
            and step.floor_cents > step.ceiling_cents
        ):
            yield f"steps.{at}.ceiling_cents", "Le plafond est inférieur au plancher."


def _of_quantity(definition: TariffDefinition) -> Iterator[Fault]:
    yield from _of_slices(definition.quantity, "quantity")


def _of_slices(quantity: object, path: str) -> Iterator[Fault]:
    if isinstance(quantity, BySlice) and quantity.of == "overrun" and quantity.closing is None:
        yield f"{path}.closing", "Indiquez l’heure de fermeture que le dépassement commence."


def _of_supplements(definition: TariffDefinition) -> Iterator[Fault]:
    for at, supplement in enumerate(definition.supplements):
        path = f"supplements.{at}"
        yield from _of_conditions(supplement.when, f"{path}.when")
        if (supplement.amount_cents is None) == (supplement.percent is None):
            yield f"{path}.amount_cents", "Indiquez un montant ou un pourcentage, pas les deux."
        if supplement.slices is not None:
            yield from _of_slices(supplement.slices, f"{path}.slices")
    for at, free in enumerate(definition.free):
        yield from _of_conditions(free.when, f"free.{at}.when")
        if free.when.hold_for_all:
            yield f"free.{at}.when", "Indiquez pour qui rien n’est dû : sans condition, tout serait gratuit."


def _of_components(definition: TariffDefinition) -> Iterator[Fault]:
    components = definition.components
    for at, component in enumerate(components):
        if any(component.code == other.code for other in components[:at]):
            yield f"components.{at}.code", "Ce code est donné deux fois."
        is_last = at == len(components) - 1
        if is_last and (component.percent is not None or component.amount_cents is not None):
            yield f"components.{at}.percent", "La dernière part prend le reste : laissez-la sans montant."
        if not is_last and (component.percent is None) == (component.amount_cents is None):
            yield f"components.{at}.percent", "Indiquez un pourcentage ou un montant, pas les deux."
    if sum(component.percent or 0 for component in components) > HUNDRED:
        yield "components.0.percent", "Les parts dépassent cent pour cent."


def _of_conditions(when: Conditions, path: str) -> Iterator[Fault]:
    for name, span in (("rank", when.rank), ("children", when.children)):
        if span is not None and _is_empty(span):
            yield f"{path}.{name}.to", "La fin est avant le début."


def _is_empty(span: Range) -> bool:
    return span.most is not None and span.most < span.least
