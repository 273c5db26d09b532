"""How many a line counts: bookings, units, begun slices of a stay, months."""

from datetime import time
from typing import NamedTuple

from preau.billing.tariffs.definition import ByBooking, ByCard, ByMonth, BySlice, ByUnit
from preau.billing.tariffs.facts import PriceFacts
from preau.wording.dates import time_of_day
from preau.wording.typography import counted as counted_words


class Counted(NamedTuple):
    """A quantity, and how it came about where a reader would not guess."""

    quantity: int
    steps: tuple[str, ...] = ()


def counted(quantity: ByUnit | BySlice | ByBooking | ByMonth | ByCard, facts: PriceFacts) -> Counted:
    """How many of the unit price an act costs."""
    match quantity:
        case ByUnit():
            return Counted(facts.units)
        case BySlice():
            return slices_of(quantity, facts)
        case ByMonth() if not facts.first_of_month:
            return Counted(0, ("compris dans le forfait du mois",))
        case ByCard() if not facts.first_of_month:
            return Counted(0, ("compris dans la carte du mois",))
        case _:
            return Counted(1)


def slices_of(slices: BySlice, facts: PriceFacts) -> Counted:
    """The begun slices of a stay, or of what passes the closing time; the booked units of a stay unknown."""
    begin = facts.arrived if slices.of == "stay" else slices.closing
    if begin is None or facts.left is None:
        return Counted(facts.units if slices.of == "stay" else 0)
    quantity = -(-_minutes(begin, facts.left) // slices.minutes)
    began = counted_words(quantity, "tranche commencée", "tranches commencées")
    span = f"de {time_of_day(begin)} à {time_of_day(facts.left)}, {began} de {slices.minutes} min"
    return Counted(quantity, (span,) if quantity else ())


def _minutes(begin: time, end: time) -> int:
    """Whole minutes from one time of a day to a later one; none to an earlier one."""
    return max(0, (end.hour - begin.hour) * 60 + end.minute - begin.minute)
