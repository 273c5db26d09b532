"""Invoices: what goes on them, and how they are numbered. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Literal
from uuid import UUID

from preau.billing.copies.families import Addressee
from preau.billing.tariffs.domain import Price
from preau.billing.tariffs.facts import ChargeFacts
from preau.common.ids import new_id
from preau.common.money import Cents

Kind = Literal["month_end", "complement", "prepaid", "credit_note", "manual"]
LineKind = Literal["charge", "price", "supplement", "manual"]


def number(prefix: str, year: int, position: int) -> str:
    """The number that is printed: ``RS-2026-000042``."""
    return f"{prefix}-{year}-{position:06d}"


@dataclass(frozen=True, slots=True)
class BilledCharge:
    """What a booking adds to an invoice: ``quantity`` × ``unit_cents``, below zero where it is given back.

    What an agent wrote by hand (kind "manual") has an id of its own for a booking, and may name neither child
    nor activity.
    """

    booking_id: UUID
    child_id: UUID | None
    child_name: str
    activity_id: UUID | None
    activity_label: str
    service_date: date
    quantity: int
    unit_cents: Cents
    explanation: str
    kind: LineKind = "charge"
    label: str = ""
    """What the line is called, if not as its activity."""

    @property
    def amount_cents(self) -> Cents:
        return self.quantity * self.unit_cents


@dataclass(frozen=True, slots=True)
class DraftLine:
    """Charges of one child, one activity and one price."""

    line_id: UUID
    charges: tuple[BilledCharge, ...]

    @property
    def label(self) -> str:
        return self.charges[0].label or self.charges[0].activity_label

    @property
    def quantity(self) -> int:
        return sum(charge.quantity for charge in self.charges)

    @property
    def amount_cents(self) -> Cents:
        return sum(charge.amount_cents for charge in self.charges)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who bills, as printed."""

    commune_name: str
    regie_label: str
    contact_email: str = ""
    contact_phone: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice that has no number yet."""

    invoice_id: UUID
    commune_id: UUID
    regie_id: UUID
    family_id: UUID
    kind: Kind
    period: str
    addressee: Addressee
    issuer: Issuer
    lines: tuple[DraftLine, ...]
    order_id: UUID | None = None
    run_id: UUID | None = None
    cancels_invoice_id: UUID | None = None
    corrects_invoice_id: UUID | None = None
    charges_seen: int | None = None

    @property
    def total_cents(self) -> Cents:
        return sum(line.amount_cents for line in self.lines)


def billed(
    booking_id: UUID, charge: ChargeFacts, price: Price, *, child_name: str, activity_label: str
) -> list[BilledCharge]:
    """A booking at its price: what it is, and each supplement."""
    own = BilledCharge(
        booking_id=booking_id,
        child_id=charge.child_id,
        child_name=child_name,
        activity_id=charge.activity_id,
        activity_label=activity_label,
        service_date=charge.service_date,
        quantity=price.quantity,
        unit_cents=price.unit_cents,
        explanation=price.explanation,
    )
    added = [
        replace(
            own,
            kind="supplement",
            quantity=each.quantity,
            unit_cents=each.unit_cents,
            explanation="",
            label=f"{activity_label} : {each.label}",
        )
        for each in price.supplements
    ]
    return [own, *added] if price.quantity else added


def lines_of(charges: Iterable[BilledCharge]) -> tuple[DraftLine, ...]:
    """Gather charges into lines: by child, activity and price, in the order of the days."""

    def price_of(charge: BilledCharge) -> tuple[str, str, str, str, str, str, int, str]:
        return (
            charge.child_name,
            str(charge.child_id),
            charge.activity_label,
            str(charge.activity_id),
            charge.kind,
            charge.label,
            charge.unit_cents,
            charge.explanation,
        )

    ordered = sorted(charges, key=lambda charge: (price_of(charge), charge.service_date))
    return tuple(DraftLine(new_id(), tuple(alike)) for _, alike in groupby(ordered, key=price_of))


FREE = "free"
"""The revenue of lines that name no activity."""


def revenue_of(activity_id: UUID | None) -> str:
    """The account of revenue that a line is earned on, as postings name it."""
    return FREE if activity_id is None else str(activity_id)


def total(drafts: Sequence[Draft]) -> Cents:
    return sum(draft.total_cents for draft in drafts)
