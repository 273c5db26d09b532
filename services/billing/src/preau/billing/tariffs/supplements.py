"""Supplements that are asked once a day or month: whoever comes first bears them."""

from collections.abc import Iterable
from dataclasses import replace

from preau.billing.tariffs.domain import Price, SupplementPrice
from preau.billing.tariffs.facts import ChargeFacts


def asked_once(priced: Iterable[tuple[ChargeFacts, Price | None]]) -> list[Price | None]:
    """The prices of a family's charges, each supplement on the first charge that it is asked of."""
    asked: set[tuple[object, ...]] = set()
    made: list[Price | None] = []
    for charge, price in priced:
        if price is None or not price.supplements:
            made.append(price)
            continue
        own = tuple(each for each in price.supplements if scope_of(each, charge) not in asked)
        asked |= {scope for each in own if (scope := scope_of(each, charge)) is not None}
        made.append(replace(price, supplements=own))
    return made


def scope_of(supplement: SupplementPrice, charge: ChargeFacts) -> tuple[object, ...] | None:
    """Within what a supplement is asked once; ``None`` for one that every act is asked."""
    if supplement.once == "act":
        return None
    whose, span = supplement.once.split("_")
    day = charge.service_date if span == "day" else charge.service_date.replace(day=1)
    return supplement.label, charge.activity_id, day, charge.child_id if whose == "child" else None
