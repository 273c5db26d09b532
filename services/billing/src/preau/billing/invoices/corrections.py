"""What charges are worth now, less what was billed of them: lines of complements and credit notes. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from preau.billing.charges.domain import BILLABLE, GIVEN_BACK, ChargeStatus
from preau.billing.invoices.domain import BilledCharge, billed
from preau.billing.tariffs.domain import Price
from preau.billing.tariffs.facts import ChargeFacts
from preau.billing.tariffs.supplements import asked_once
from preau.common.money import Cents
from preau.wording.amounts import euros


@dataclass(frozen=True, slots=True)
class KnownCharge:
    """A charge of a family of which something was billed already: its price now, and what was billed.

    ``price`` is ``None`` where no tariff counts; ``child_name`` where the record no longer holds the child.
    """

    booking_id: UUID
    status: ChargeStatus
    charge: ChargeFacts
    child_name: str | None
    activity_label: str
    price: Price | None
    billed_units: int
    billed_cents: Cents


UNNAMED = "Enfant"
"""What a child is called that the record no longer holds."""


def corrections(charges: Iterable[KnownCharge]) -> list[BilledCharge]:
    """What to bill and to give back of a family's charges; nothing of one that is billed as it stands.

    What is asked once is asked of one that stands: another one bears it where the first is given back.
    """
    known = list(charges)
    prices = asked_once((each.charge, each.price if each.status in BILLABLE else None) for each in known)
    return [
        change
        for each, price in zip(known, prices, strict=True)
        for change in _corrected(replace(each, price=price))
    ]


def _corrected(known: KnownCharge) -> Iterator[BilledCharge]:
    if known.status in GIVEN_BACK:
        yield from _given_back(known)
    elif known.status in BILLABLE and known.price is not None:
        made = billed(
            known.booking_id,
            known.charge,
            known.price,
            child_name=known.child_name or UNNAMED,
            activity_label=known.activity_label,
        )
        is_new = (known.billed_units, known.billed_cents) == (0, 0)
        yield from made if is_new else _changed(known, known.price)


def _given_back(known: KnownCharge) -> Iterator[BilledCharge]:
    """All that was billed, by its unit price where it divides."""
    if (known.billed_units, known.billed_cents) == (0, 0):
        return
    reason = _WHY.get(known.status, "donnée modifiée après facturation")
    yield from _taken(known, known.billed_units, known.billed_cents, reason)


def _taken(known: KnownCharge, units: int, cents: Cents, reason: str) -> Iterator[BilledCharge]:
    if units and cents % units == 0:
        yield _correction(known, "charge", -units, cents // units, reason)
        return
    if units:
        yield _correction(known, "charge", -units, 0, reason)
    if cents:
        yield _correction(known, "price", -1, cents, reason)


def _changed(known: KnownCharge, price: Price) -> Iterator[BilledCharge]:
    """A line for the price of what was billed, one for the units: each multiplies as it is printed."""
    units, worth = price.quantity, price.total_cents
    more = units - known.billed_units
    left = worth - known.billed_cents - more * price.unit_cents
    if left:
        reason = _why_price(known, price)
        if known.billed_units and left % known.billed_units == 0:
            yield _correction(known, "price", known.billed_units, left // known.billed_units, reason)
        else:
            yield _correction(known, "price", 1, left, reason)
    if more:
        yield _correction(known, "charge", more, price.unit_cents, "nombre d’unités corrigé")


def _why_price(known: KnownCharge, price: Price) -> str:
    """The price that was, the one that is, and why: without supplements, which have no unit price."""
    if known.billed_units and known.billed_cents % known.billed_units == 0 and not price.supplements:
        was = euros(known.billed_cents // known.billed_units)
        return f"{was} → {euros(price.unit_cents)} : {price.explanation}"
    return f"prix corrigé : {price.explanation}"


def _correction(
    known: KnownCharge, kind: Literal["charge", "price"], quantity: int, unit_cents: Cents, reason: str
) -> BilledCharge:
    return BilledCharge(
        booking_id=known.booking_id,
        child_id=known.charge.child_id,
        child_name=known.child_name or UNNAMED,
        activity_id=known.charge.activity_id,
        activity_label=known.activity_label,
        service_date=known.charge.service_date,
        quantity=quantity,
        unit_cents=unit_cents,
        explanation=reason,
        kind=kind,
        label=f"Régularisation : {known.activity_label}",
    )


_WHY: dict[ChargeStatus, str] = {
    "cancelled": "réservation annulée après facturation",
    "refused": "réservation refusée après facturation",
    "absent_justified": "absence justifiée après facturation",
    "elsewhere": "jour à la charge de l’autre famille",
}
