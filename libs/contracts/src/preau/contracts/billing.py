"""What the billing service tells: invoices."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from preau.contracts.event import Cents, Event, Part

RunTask = Literal["compute", "issue"]
InvoiceKind = Literal["month_end", "complement", "prepaid", "credit_note", "manual"]
"""``manual``: an agent wrote its lines."""


Delivery = Literal["mail", "paper"]


class InvoiceFacts(Part):
    """An issued invoice: ``total_cents`` by ``due_date``; a prepaid one belongs to ``order_id``.

    ``number`` is the régie's prefix, the year and the place in its series ("RS-2026-000042"). ``due_cents``
    is what is still due: all of it if nothing is said. ``delivery`` is how it reaches its family: who gets
    it on paper is not written to about it.
    """

    invoice_id: UUID
    number: str
    regie_id: UUID
    regie_label: str
    family_id: UUID
    kind: InvoiceKind
    period: str = Field(description="YYYY-MM")
    total_cents: Cents
    due_cents: Cents | None = None
    issued_on: date
    due_date: date
    order_id: UUID | None = None
    delivery: Delivery = "mail"


class InvoiceIssuedV1(Event):
    """Invoices of one régie were issued, at most 500 at a time; those below zero (avoirs) as well.

    ``aggregate_id`` is the run's id, or the invoice's id for a single one.
    """

    event_type: ClassVar[str] = "billing.invoice.issued"

    invoices: tuple[InvoiceFacts, ...] = Field(min_length=1, max_length=500)


class InvoiceSettledV1(Event):
    """An invoice is paid in full. ``aggregate_id`` is the invoice's id."""

    event_type: ClassVar[str] = "billing.invoice.settled"

    invoice: InvoiceFacts
    settled_at: datetime


class InvoiceDueChangedV1(Event):
    """More or less is due of an invoice than before; it is not paid. ``aggregate_id`` is the invoice's id.

    ``received_cents`` is what payments brought for it so far, as far as billing has heard of them. Where
    ``written_off_cents`` stand, nothing is due: nobody asks for the rest any more.
    ``next_part_cents`` of one under an instalment plan can be paid alone. ``due_again_cents`` is how much
    more is due than before: a refund took what paid it, say, or a write-off was undone.
    """

    event_type: ClassVar[str] = "billing.invoice.due_changed"

    invoice: InvoiceFacts
    due_cents: Cents
    received_cents: Cents
    written_off_cents: Cents = 0
    next_part_cents: Cents | None = None
    due_again_cents: Cents = 0


class InvoiceCancelledV1(Event):
    """An invoice is void, by a credit note. ``aggregate_id`` is the invoice's id."""

    event_type: ClassVar[str] = "billing.invoice.cancelled"

    invoice: InvoiceFacts
    credit_note_number: str = ""
    reason: str = ""


class RemindedFamily(Part):
    """A family, and what it is reminded of."""

    family_id: UUID
    invoices: tuple[InvoiceFacts, ...] = Field(min_length=1)


class InvoicesRemindedV1(Event):
    """Families are reminded by mail of invoices of a régie that are past due, at most 500 at a time.

    ``aggregate_id`` is the batch's; each invoice is told of once a step of the régie's calendar.
    """

    event_type: ClassVar[str] = "billing.invoice.reminded"

    regie_id: UUID
    regie_label: str
    families: tuple[RemindedFamily, ...] = Field(min_length=1, max_length=500)


class FamilyDebtChangedV1(Event):
    """What keeps a family from booking by its commune's rule. ``aggregate_id`` is the family's id.

    ``owed_cents`` are past due for too long; 0: the family may book.
    """

    event_type: ClassVar[str] = "billing.family.debt_changed"

    owed_cents: Cents


class RefundOrderedV1(Event):
    """A payment is to be given back, in whole or part. ``aggregate_id`` is the refund's id.

    The ledger has given the money up already: it goes back once, or the refund is denied.
    """

    event_type: ClassVar[str] = "billing.refund.ordered"

    payment_id: UUID
    amount_cents: Cents = Field(gt=0)
    reason: str
    agent_id: UUID | None = None


class TariffUpdatedV1(Event):
    """A tariff of an activity was stated. ``aggregate_id`` is the activity's id; a statement is a version.

    Each day from ``first_day`` on has a tariff, as one holds until the next; the days before have none.
    """

    event_type: ClassVar[str] = "billing.tariff.updated"

    first_day: date


class RunChunkQueuedV1(Event):
    """A chunk of a billing run waits for a worker of the billing service; nobody else reads it.

    ``aggregate_id`` is the run's id; ``epoch`` fences off a worker that comes back too late. Once all chunks
    are computed, as many stages are issued.
    """

    event_type: ClassVar[str] = "billing.run.chunk_queued"

    chunk_number: int
    epoch: int
    task: RunTask = "compute"
