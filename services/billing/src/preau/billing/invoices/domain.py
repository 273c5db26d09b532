"""Invoices: their lifecycle, what goes on them, how they are numbered. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal
from uuid import UUID

from preau.billing.copies.families import Addressee
from preau.common.ids import new_id
from preau.common.money import Cents

Status = Literal["draft", "issued", "partly_paid", "paid", "cancelled"]
Action = Literal["issue", "pay_part", "pay_all", "cancel"]
Kind = Literal["month_end", "complement", "prepaid", "credit_note"]

TRANSITIONS: dict[tuple[Status, Action], Status] = {
    ("draft", "issue"): "issued",
    ("issued", "pay_part"): "partly_paid",
    ("issued", "pay_all"): "paid",
    ("partly_paid", "pay_part"): "partly_paid",
    ("partly_paid", "pay_all"): "paid",
    ("issued", "cancel"): "cancelled",
    ("partly_paid", "cancel"): "cancelled",
    ("paid", "cancel"): "cancelled",
}
"""The lifecycle of an invoice. Only a credit note cancels; what was paid becomes credit of the family."""

PAYABLE: frozenset[Status] = frozenset({"issued", "partly_paid"})


class IllegalMove(Exception):
    """An invoice in this status cannot do that."""


def move(status: str, action: Action) -> Status:
    """The status after an action; raises `IllegalMove`."""
    for (before, wanted), after in TRANSITIONS.items():
        if before == status and wanted == action:
            return after
    raise IllegalMove(f"an invoice that is {status} cannot {action}")


def due_cents(status: str, total_cents: Cents, paid_cents: Cents) -> Cents:
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
        return f"Régularisation : {first.activity_label}" if first.is_correction else first.activity_label

    @property
    def quantity(self) -> int:
        return sum(charge.units for charge in self.charges)

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

    @property
    def total_cents(self) -> Cents:
        return sum(line.amount_cents for line in self.lines)


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
