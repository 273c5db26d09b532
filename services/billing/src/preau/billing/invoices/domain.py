"""Invoices: what goes on them, how they are numbered, what is due of them. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal, TypedDict
from uuid import UUID

from preau.billing.copies.families import FamilyRecord
from preau.billing.invoices.lifecycle import PAYABLE, Status
from preau.common.ids import new_id
from preau.common.money import Cents

Kind = Literal["month_end", "complement", "prepaid", "credit_note"]


def due_cents(status: Status, total_cents: Cents, paid_cents: Cents) -> Cents:
    """What is still to be paid."""
    return max(0, total_cents - paid_cents) if status in PAYABLE else 0


def number(prefix: str, year: int, position: int) -> str:
    """The number that is printed: ``RS-2026-000042``."""
    return f"{prefix}-{year}-{position:06d}"


@dataclass(frozen=True, slots=True)
class BilledCharge:
    """A booking priced for an invoice. What is given back has units and cents below zero."""

    booking_id: UUID
    child_id: UUID
    child_name: str
    activity_id: UUID
    activity_label: str
    service_date: date
    units: int
    unit_cents: Cents
    amount_cents: Cents
    explanation: str
    is_correction: bool = False


@dataclass(frozen=True, slots=True)
class DraftLine:
    """Charges of one child, one activity and one price; ``amount_cents`` is their sum."""

    line_id: UUID
    charges: tuple[BilledCharge, ...]

    @property
    def label(self) -> str:
        first = self.charges[0]
        return f"Régularisation : {first.activity_label}" if first.is_correction else first.activity_label

    @property
    def quantity(self) -> int:
        return sum(charge.units for charge in self.charges)

    @property
    def amount_cents(self) -> Cents:
        return sum(charge.amount_cents for charge in self.charges)


class Addressee(TypedDict):
    """Who an invoice is sent to, as printed on it."""

    label: str
    name: str
    street: str
    postal_code: str
    city: str


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

    @property
    def total_cents(self) -> Cents:
        return sum(line.amount_cents for line in self.lines)


def addressee_of(family: FamilyRecord) -> Addressee:
    """The payer (else the first guardian) at the family's address."""
    event = family.event
    guardians = sorted(event.guardians, key=lambda guardian: not guardian.is_payer)
    civility = {"mme": "Mme ", "m": "M. "}
    name = (
        f"{civility.get(guardians[0].civility, '')}{guardians[0].first_name} {guardians[0].last_name}"
        if guardians
        else event.label
    )
    return Addressee(
        label=event.label,
        name=name,
        street=event.address.street,
        postal_code=event.address.postal_code,
        city=event.address.city,
    )


def lines_of(charges: Iterable[BilledCharge]) -> tuple[DraftLine, ...]:
    """Gather charges into lines: by child, activity and price, corrections apart, days in order."""

    def price_of(charge: BilledCharge) -> tuple[str, str, str, str, bool, int, str]:
        return (
            charge.child_name,
            str(charge.child_id),
            charge.activity_label,
            str(charge.activity_id),
            charge.is_correction,
            charge.unit_cents,
            charge.explanation,
        )

    ordered = sorted(charges, key=lambda charge: (price_of(charge), charge.service_date))
    return tuple(DraftLine(new_id(), tuple(alike)) for _, alike in groupby(ordered, key=price_of))


def total(drafts: Sequence[Draft]) -> Cents:
    return sum(draft.total_cents for draft in drafts)


def left_after_refunds(credits: Sequence[tuple[UUID, Cents]], refunded_cents: Cents) -> dict[UUID, Cents]:
    """What is left of each credit once refunds have covered what they can, in the order given."""
    left: dict[UUID, Cents] = {}
    for credit_id, cents in credits:
        covered = min(cents, refunded_cents)
        left[credit_id] = cents - covered
        refunded_cents -= covered
    return left
