"""Invoices over HTTP. Money in cents."""

from datetime import date
from uuid import UUID

from pydantic import Field

from preau.billing.invoices.domain import Kind
from preau.billing.invoices.instalments.domain import Upcoming
from preau.billing.invoices.lifecycle import Status
from preau.billing.invoices.references_repository import Act
from preau.billing.invoices.tables import Invoice
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Line


class UpcomingOut(ResponseModel):
    """The next part of an instalment plan; ``late_cents`` of it and of later parts are past their days."""

    due_on: date
    left_cents: int
    late_cents: int


class _Invoice(ResponseModel):
    """``paid_cents`` was paid or set off; nobody is asked any more for ``written_off_cents``.

    ``days_to_due`` is below zero when late, null when nothing is due. Under an instalment plan it counts to
    the next part, ``instalment``.

    A credit note cancels an invoice whole, or corrects it.
    """

    invoice_id: UUID
    regie_id: UUID
    regie_label: str
    kind: Kind
    period: str
    status: Status
    total_cents: int
    paid_cents: int
    due_cents: int
    written_off_cents: int
    days_to_due: int | None
    instalment: UpcomingOut | None
    order_id: UUID | None
    cancels_invoice_id: UUID | None
    corrects_invoice_id: UUID | None


class InvoiceOut(_Invoice):
    """An issued invoice."""

    number: str
    issued_on: date
    due_date: date


class AgentInvoiceOut(_Invoice):
    """An invoice as agents see it; the draft of a run has neither number nor dates."""

    number: str | None
    issued_on: date | None
    due_date: date | None
    family_id: UUID
    family_label: str
    run_id: UUID | None


class DraftOut(ResponseModel):
    """An invoice of a run, which has no number as long as the run is a preview."""

    invoice_id: UUID
    number: str | None
    family_id: UUID
    family_label: str
    status: Status
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


class ReferenceOut(ResponseModel):
    """An invoice that this document cancels or corrects."""

    invoice_id: UUID
    number: str
    act: Act


class InvoiceDetail(InvoiceOut):
    """``carried_periods`` are the months before that were carried over to it."""

    lines: list[LineOut]
    carried_periods: list[str]
    references: list[ReferenceOut]


class AgentInvoiceDetail(AgentInvoiceOut):
    """``carried_periods`` are the months before that were carried over to it."""

    lines: list[LineOut]
    carried_periods: list[str]
    references: list[ReferenceOut]


class CancellationIn(RequestModel):
    reason: Line = Field(min_length=3, max_length=300)


class CancellationOut(ResponseModel):
    """The invoice, now void, and the credit note that made it so."""

    invoice: AgentInvoiceOut
    credit_note: AgentInvoiceOut


def invoice_out(invoice: Invoice, today: date, instalment: Upcoming | None = None) -> InvoiceOut:
    """An issued invoice as parents see it, with the next part of its plan if one is in force."""
    return InvoiceOut.model_validate(vars(invoice) | _due(invoice, today, instalment))


def agent_invoice_out(invoice: Invoice, today: date, instalment: Upcoming | None = None) -> AgentInvoiceOut:
    """An invoice or a draft as agents see it."""
    return AgentInvoiceOut.model_validate(
        vars(invoice) | _due(invoice, today, instalment) | {"family_label": invoice.addressee["label"]}
    )


def _due(invoice: Invoice, today: date, instalment: Upcoming | None) -> dict[str, object]:
    due_on = instalment.due_on if instalment else invoice.due_date
    return {
        "paid_cents": invoice.paid_cents,
        "days_to_due": (due_on - today).days if invoice.due_cents and due_on else None,
        "instalment": UpcomingOut.model_validate(instalment._asdict()) if instalment else None,
    }
