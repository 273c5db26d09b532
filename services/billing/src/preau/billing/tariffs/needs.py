"""Which facts of an act some tariffs ask for at all: what none asks for need not be looked up."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from preau.billing.tariffs.conditions import Conditions
from preau.billing.tariffs.definition import ByCard, ByMonth, BySlice, TariffDefinition


class Needs(NamedTuple):
    """``presence`` on the roll, arrival and departure (``stay``), what else is booked that day
    (``company``), whether it is the first of the month (``firsts``), the siblings ``enrolled``."""

    presence: bool = False
    stay: bool = False
    company: bool = False
    firsts: bool = False
    enrolled: bool = False


def needs_of(definitions: Iterable[TariffDefinition]) -> Needs:
    """What the definitions ask for together."""
    stated = list(definitions)
    conditions = [when for definition in stated for when in _conditions(definition)]
    return Needs(
        presence=any(when.present is not None for when in conditions),
        stay=any(isinstance(quantity, BySlice) for each in stated for quantity in _quantities(each)),
        company=any(when.also_booked for when in conditions),
        firsts=any(isinstance(each.quantity, ByMonth | ByCard) for each in stated),
        enrolled=any(each.siblings == "enrolled" for each in stated),
    )


def _conditions(definition: TariffDefinition) -> Iterator[Conditions]:
    for part in (*definition.rows, *definition.steps, *definition.supplements, *definition.free):
        yield part.when


def _quantities(definition: TariffDefinition) -> Iterator[object]:
    yield definition.quantity
    for supplement in definition.supplements:
        yield supplement.slices
