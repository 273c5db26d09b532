"""Billing runs: their month, and the bill of one family. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from preau.billing.charges.domain import BILLABLE, units_due
from preau.billing.copies.families import FamilyRecord
from preau.billing.invoices.domain import BilledCharge
from preau.billing.tariffs.domain import Price, PriceList
from preau.billing.tariffs.facts import ChargeFacts, FamilyFacts, facts_of
from preau.common.money import Cents
from preau.contracts.reservations import BookingStatus

RunKind = Literal["month_end", "complement"]


class Month(NamedTuple):
    """From ``first`` (included) to ``after`` (excluded)."""

    first: date
    after: date


def month_of(period: str) -> Month:
    """The days of ``YYYY-MM``."""
    first = date.fromisoformat(f"{period}-01")
    return Month(first, date(first.year + first.month // 12, first.month % 12 + 1, 1))


def month_before(period: str) -> str:
    """The period before: of ``2026-01``, ``2025-12``."""
    first = month_of(period).first
    return f"{first.year - (first.month == 1):04d}-{(first.month - 2) % 12 + 1:02d}"


@dataclass(frozen=True, slots=True)
class OpenCharge:
    """A charge with something to invoice or to give back."""

    booking_id: UUID
    child_id: UUID
    activity_id: UUID
    activity_label: str
    service_date: date
    status: BookingStatus
    units: int
    invoiced_units: int
    invoiced_cents: Cents


AnomalyKind = Literal[
    "unknown_family", "unknown_child", "no_tariff", "missing_quotient", "in_favour", "nothing_due"
]


class Anomaly(NamedTuple):
    """Something that an agent should look at before issuing."""

    kind: AnomalyKind
    message: str


@dataclass(slots=True)
class Bill:
    """What a run makes of one family."""

    charges: list[BilledCharge] = field(default_factory=list[BilledCharge])
    anomalies: list[Anomaly] = field(default_factory=list[Anomaly])


def bill(family: FamilyRecord | None, charges: Sequence[OpenCharge], prices: PriceList) -> Bill:
    """Price the open charges of one family; what cannot be priced stays open and is an anomaly."""
    made = Bill()
    if family is None:
        made.anomalies.append(
            Anomaly(
                "unknown_family", f"Fiche famille inconnue : {len(charges)} prestation(s) non facturée(s)."
            )
        )
        return made
    facts = facts_of(family)
    anomalies: set[Anomaly] = set()
    for charge in charges:
        priced = _price(charge, prices, facts) if charge.status in BILLABLE else None
        if priced is None and charge.status in BILLABLE:
            anomalies.add(
                Anomaly("no_tariff", f"« {charge.activity_label} » n’a pas de tarif : non facturé.")
            )
            continue
        if not family.has(charge.child_id):
            anomalies.add(Anomaly("unknown_child", "Un enfant facturé n’est plus dans la fiche famille."))
        if priced and priced.units and priced.quotient_is_missing:
            anomalies.add(Anomaly("missing_quotient", "Quotient inconnu : le tarif par défaut s’applique."))
        made.charges.append(_billed(charge, priced, family))
    due = sum(charge.amount_cents for charge in made.charges)
    if made.charges and due < 0:
        anomalies.add(Anomaly("in_favour", "Le solde est en faveur de la famille : un avoir sera émis."))
    if made.charges and due == 0:
        anomalies.add(Anomaly("nothing_due", "Le total est nul."))
    made.anomalies += sorted(anomalies)
    return made


def _price(charge: OpenCharge, prices: PriceList, family: FamilyFacts) -> Price | None:
    facts = ChargeFacts(charge.child_id, charge.activity_id, charge.service_date, charge.units)
    return prices.price(facts, family)


def _billed(charge: OpenCharge, priced: Price | None, family: FamilyRecord) -> BilledCharge:
    """The difference between what the charge costs now and what was invoiced of it."""
    units = units_due(charge.status, charge.units, charge.invoiced_units)
    cents = (priced.amount_cents if priced else 0) - charge.invoiced_cents
    is_correction = charge.invoiced_units > 0
    if is_correction:
        explanation = _WHY.get(charge.status, "nombre d’unités corrigé")
        unit_cents = abs(cents) // max(1, abs(units))
    else:
        explanation = priced.explanation if priced else ""
        unit_cents = priced.unit_cents if priced else 0
    return BilledCharge(
        booking_id=charge.booking_id,
        child_id=charge.child_id,
        child_name=family.child_name(charge.child_id),
        activity_id=charge.activity_id,
        activity_label=charge.activity_label,
        service_date=charge.service_date,
        units=units,
        unit_cents=unit_cents,
        amount_cents=cents,
        explanation=explanation,
        is_correction=is_correction,
    )


_WHY: dict[BookingStatus, str] = {
    "cancelled": "réservation annulée après facturation",
    "refused": "réservation refusée après facturation",
    "absent_justified": "absence justifiée après facturation",
}
