"""Events of invoices, emitted where `service` moves them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.repository import Issued
from preau.billing.invoices.tables import Invoice
from preau.common.messaging.outbox import emit
from preau.contracts.billing import (
    InvoiceCancelledV1,
    InvoiceFacts,
    InvoiceIssuedV1,
    InvoiceSettledV1,
)

BATCH = 500
"""Invoices an event, at most (the contract's limit)."""


def facts_of(invoice: Invoice | Issued) -> InvoiceFacts:
    """An issued invoice as its events carry it. Raises `ValueError` for a draft."""
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
        issued_on=invoice.issued_on,
        due_date=invoice.due_date,
        order_id=invoice.order_id,
    )


async def emit_issued(
    session: AsyncSession, invoices: Sequence[Issued], *, commune_id: UUID, aggregate_id: UUID
) -> None:
    """Invoices that are to be paid; the aggregate is the run, or the invoice if it stands alone."""
    batches = [invoices[start : start + BATCH] for start in range(0, len(invoices), BATCH)]
    await emit(
        session,
        *(
            InvoiceIssuedV1(
                commune_id=commune_id,
                aggregate_id=aggregate_id,
                aggregate_version=position,
                invoices=tuple(map(facts_of, batch)),
            )
            for position, batch in enumerate(batches, start=1)
        ),
    )


async def emit_settled(session: AsyncSession, invoice: Invoice, settled_at: datetime) -> None:
    await emit(
        session,
        InvoiceSettledV1(
            commune_id=invoice.commune_id,
            aggregate_id=invoice.invoice_id,
            aggregate_version=invoice.version,
            invoice=facts_of(invoice),
            settled_at=settled_at,
        ),
    )


async def emit_cancelled(
    session: AsyncSession, invoice: Invoice, *, credit_note: Invoice, reason: str
) -> None:
    await emit(
        session,
        InvoiceCancelledV1(
            commune_id=invoice.commune_id,
            aggregate_id=invoice.invoice_id,
            aggregate_version=invoice.version,
            invoice=facts_of(invoice),
            credit_note_number=credit_note.number or "",
            reason=reason,
        ),
    )
