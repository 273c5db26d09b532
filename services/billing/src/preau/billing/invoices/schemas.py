"""Invoices over HTTP. Money in cents."""

from datetime import date
from uuid import UUID

from pydantic import Field

from preau.billing.invoices.domain import due_cents
from preau.billing.invoices.tables import Invoice
from preau.common.http.schemas import RequestModel, ResponseModel


class InvoiceOut(ResponseModel):
    """An issued invoice. ``days_to_due`` is below zero when it is late, null when nothing is due."""

    invoice_id: UUID
    number: str
    regie_id: UUID
    regie_label: str
    kind: str
    period: str
    status: str
    total_cents: int
    paid_cents: int
    due_cents: int
    issued_on: date
    due_date: date
    days_to_due: int | None
    order_id: UUID | None
    cancels_invoice_id: UUID | None


class AgentInvoiceOut(InvoiceOut):
    """What agents see besides."""

    family_id: UUID
    family_label: str
    run_id: UUID | None


class DraftOut(ResponseModel):
    """An invoice of a run, which has no number as long as the run is a preview."""

    invoice_id: UUID
    number: str | None
    family_id: UUID
    family_label: str
    status: str
    total_cents: int


class LineOut(ResponseModel):
    """``quantity`` units at ``unit_cents`` (rounded for display); ``amount_cents`` is what counts."""

    line_id: UUID
    child_name: str
    activity_label: str
    label: str
    quantity: int
    unit_cents: int
    amount_cents: int
    explanation: str
    dates: list[date]


class InvoiceDetail(InvoiceOut):
    lines: list[LineOut]


class AgentInvoiceDetail(AgentInvoiceOut):
    lines: list[LineOut]


class CancellationIn(RequestModel):
    reason: str = Field(min_length=3, max_length=300)


class CancellationOut(ResponseModel):
    """The invoice, now void, and the credit note that made it so."""

    invoice: AgentInvoiceOut
    credit_note: AgentInvoiceOut


def invoice_out(invoice: Invoice, today: date) -> InvoiceOut:
    """An issued invoice as parents see it."""
    due = due_cents(invoice.status, invoice.total_cents, invoice.paid_cents)
    days = (invoice.due_date - today).days if due and invoice.due_date else None
    return InvoiceOut.model_validate(vars(invoice) | {"due_cents": due, "days_to_due": days})


def agent_invoice_out(invoice: Invoice, today: date) -> AgentInvoiceOut:
    """An issued invoice as agents see it."""
    return AgentInvoiceOut(
        **invoice_out(invoice, today).model_dump(),
        family_id=invoice.family_id,
        family_label=invoice.addressee["label"],
        run_id=invoice.run_id,
    )
