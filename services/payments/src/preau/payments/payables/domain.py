"""Which invoices can be paid, and why another cannot. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from preau.common.errors import Conflict
from preau.contracts.billing import InvoiceFacts


class PayableStatus(StrEnum):
    """Where a payable stands."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"
    WRITTEN_OFF = "written_off"


class InvoiceAlreadyPaid(Conflict):
    type, title = "invoice-already-paid", "Facture déjà payée"


class InvoiceVoid(Conflict):
    type, title = "invoice-cancelled", "Facture annulée"


class InvoiceWrittenOff(Conflict):
    type, title = "invoice-written-off", "Facture qui n’est plus demandée"


class NoPartToPay(Conflict):
    type, title = "no-part-to-pay", "Pas de part à payer"


class InvoiceBeingPaid(Conflict):
    """Another payment holds the invoice; ``payment_id`` says which, so that it can be resumed or given up."""

    type, title = "invoice-being-paid", "Paiement déjà en cours"


class NotYetPayable(Conflict):
    type, title = "not-yet-payable", "Facture pas encore payable"


def asks_for_money(facts: InvoiceFacts) -> bool:
    """Whether an invoice can be paid: what is below zero, of nothing, or a credit note has no payable."""
    return facts.kind != "credit_note" and facts.total_cents > 0


def refusal(status: PayableStatus, number: str, invoice_id: UUID) -> Conflict | None:
    """Why an invoice in that state cannot be paid, or None when it can."""
    if status is PayableStatus.PAID:
        return InvoiceAlreadyPaid(f"La facture {number} est déjà payée.", invoice_id=str(invoice_id))
    if status is PayableStatus.CANCELLED:
        return InvoiceVoid(f"La facture {number} a été annulée.", invoice_id=str(invoice_id))
    if status is PayableStatus.WRITTEN_OFF:
        return InvoiceWrittenOff(
            f"La facture {number} n’est plus à payer en ligne : voyez avec la commune.",
            invoice_id=str(invoice_id),
        )
    return None


def may_be_on_its_way(invoice_id: UUID, now: datetime, within: timedelta = timedelta(minutes=10)) -> bool:
    """Whether an invoice that is unknown here is so young that billing's event may not have come yet.

    Our ids are UUIDv7 and tell their age (RFC 9562, 5.7); a forged one gains nothing but a later refusal.
    """
    if invoice_id.version != 7:
        return False
    made_at = datetime.fromtimestamp((invoice_id.int >> 80) / 1000, tz=now.tzinfo)
    return now - within < made_at < now + within
