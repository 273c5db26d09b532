"""Events of invoices, emitted where `service` moves them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices import repository
from preau.billing.invoices.instalments import repository as instalments
from preau.billing.invoices.instalments.domain import next_part
from preau.billing.invoices.instalments.tables import InstalmentPlan
from preau.billing.invoices.repository import Issued
from preau.billing.invoices.tables import Invoice
from preau.common.messaging.outbox import emit
from preau.common.money import Cents
from preau.contracts.billing import (
    InvoiceCancelledV1,
    InvoiceDueChangedV1,
    InvoiceFacts,
    InvoiceIssuedV1,
    InvoiceSettledV1,
)

BATCH = 500
"""Invoices an event, at most (the contract's limit)."""


def facts_of(invoice: Invoice | Issued, due_cents: Cents) -> InvoiceFacts:
    """An issued invoice as its events carry it, with what is due of it. Raises `ValueError` for a draft."""
    if invoice.number is None or invoice.issued_on is None or invoice.due_date is None:
        raise ValueError(f"invoice {invoice.invoice_id} is a draft")
    return InvoiceFacts(
        invoice_id=invoice.invoice_id,
        number=invoice.number,
        regie_id=invoice.regie_id,
        regie_label=invoice.regie_label,
        family_id=invoice.family_id,
        kind=invoice.kind,
        period=invoice.period,
        total_cents=invoice.total_cents,
        due_cents=due_cents,
        issued_on=invoice.issued_on,
        due_date=invoice.due_date,
        order_id=invoice.order_id,
        delivery=invoice.delivery or "mail",
    )


async def emit_issued(
    session: AsyncSession,
    invoices: Sequence[Issued],
    set_off: Mapping[UUID, Cents],
    *,
    commune_id: UUID,
    aggregate_id: UUID,
) -> None:
    """Invoices as they were issued; the aggregate is the run, or the invoice if it stands alone.

    ``set_off`` is how much less is due of some than they ask for, from the first (below zero).
    """
    batches = [invoices[start : start + BATCH] for start in range(0, len(invoices), BATCH)]
    await emit(
        session,
        *(
            InvoiceIssuedV1(
                commune_id=commune_id,
                aggregate_id=aggregate_id,
                aggregate_version=position,
                invoices=tuple(
                    facts_of(invoice, max(0, invoice.total_cents) + set_off.get(invoice.invoice_id, 0))
                    for invoice in batch
                ),
            )
            for position, batch in enumerate(batches, start=1)
        ),
    )


async def emit_moved(
    session: AsyncSession, invoices: Sequence[Invoice], at: datetime, *, due_again: Mapping[UUID, Cents] = {}
) -> None:
    """Invoices whose due changed: `InvoiceSettledV1` of one that is paid, else `InvoiceDueChangedV1`.

    ``due_again`` is how much more is due of some than before; what is below zero says nothing.
    """
    open_ones = [invoice.invoice_id for invoice in invoices if invoice.status != "paid"]
    received = await repository.received(session, open_ones)
    plans = await instalments.standing(session, open_ones)
    await emit(
        session,
        *(
            _settled(invoice, at)
            if invoice.status == "paid"
            else _due_changed(
                invoice,
                received.get(invoice.invoice_id, 0),
                plans.get(invoice.invoice_id),
                max(0, due_again.get(invoice.invoice_id, 0)),
            )
            for invoice in invoices
        ),
    )


def _settled(invoice: Invoice, at: datetime) -> InvoiceSettledV1:
    return InvoiceSettledV1(
        commune_id=invoice.commune_id,
        aggregate_id=invoice.invoice_id,
        aggregate_version=invoice.version,
        invoice=facts_of(invoice, invoice.due_cents),
        settled_at=at,
    )


def _due_changed(
    invoice: Invoice, received_cents: Cents, plan: InstalmentPlan | None, again_cents: Cents
) -> InvoiceDueChangedV1:
    return InvoiceDueChangedV1(
        commune_id=invoice.commune_id,
        aggregate_id=invoice.invoice_id,
        aggregate_version=invoice.version,
        invoice=facts_of(invoice, invoice.due_cents),
        due_cents=invoice.due_cents,
        received_cents=received_cents,
        written_off_cents=invoice.written_off_cents,
        next_part_cents=_next_part(invoice, plan),
        due_again_cents=again_cents,
    )


def _next_part(invoice: Invoice, plan: InstalmentPlan | None) -> Cents | None:
    if plan is None or not plan.is_paid_by_parts or not invoice.due_cents:
        return None
    return next_part(instalments.parts_of(plan), invoice.due_cents)


async def emit_cancelled(
    session: AsyncSession, invoice: Invoice, *, credit_note: Invoice, reason: str
) -> None:
    await emit(
        session,
        InvoiceCancelledV1(
            commune_id=invoice.commune_id,
            aggregate_id=invoice.invoice_id,
            aggregate_version=invoice.version,
            invoice=facts_of(invoice, invoice.due_cents),
            credit_note_number=credit_note.number or "",
            reason=reason,
        ),
    )
