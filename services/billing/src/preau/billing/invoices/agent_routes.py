"""Agents find, read and cancel invoices."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from preau.billing.copies.calendar import today
from preau.billing.invoices import agent_listing_repository, listing_repository, repository, service
from preau.billing.invoices.agent_listing_repository import INVOICES
from preau.billing.invoices.filters import InvoiceFilters
from preau.billing.invoices.instalments.repository import upcoming_of
from preau.billing.invoices.responses import find, lines_out, pdf_response, references_out
from preau.billing.invoices.schemas import (
    AgentInvoiceDetail,
    AgentInvoiceOut,
    CancellationIn,
    CancellationOut,
    agent_invoice_out,
)
from preau.billing.settings import Settings
from preau.common.audit import record_change
from preau.common.db.keyset import PageRequest
from preau.common.errors import NotFound
from preau.common.http.pages import Page
from preau.common.http.permissions import BillingAgent
from preau.common.http.unit_of_work import Transaction

router = APIRouter(prefix="/agent/invoices", tags=["factures"])


@router.get("")
async def list_invoices(
    agent: BillingAgent,
    session: Transaction,
    filters: Annotated[InvoiceFilters, Depends()],
    asked: Annotated[PageRequest, Depends(INVOICES.request)],
) -> Page[AgentInvoiceOut]:
    """The commune's issued invoices and credit notes."""
    day = await today(session, agent.commune_id)
    page, next_cursor = await agent_listing_repository.listed(session, asked, filters, day)
    parts = await upcoming_of(session, page, day)
    items = [agent_invoice_out(invoice, day, parts.get(invoice.invoice_id)) for invoice in page]
    return Page(items=items, next_cursor=next_cursor)


@router.get("/{invoice_id}")
async def read_invoice(agent: BillingAgent, session: Transaction, invoice_id: UUID) -> AgentInvoiceDetail:
    """An invoice, or a draft of a run that is still a preview."""
    invoice = await listing_repository.any_of_commune(session, invoice_id)
    if invoice is None:
        raise NotFound("Cette facture n’existe pas.")
    lines = await repository.lines(session, invoice_id)
    day = await today(session, agent.commune_id)
    parts = await upcoming_of(session, [invoice], day)
    return AgentInvoiceDetail(
        **agent_invoice_out(invoice, day, parts.get(invoice_id)).model_dump(),
        **lines_out(invoice, lines),
        references=await references_out(session, invoice_id),
    )


@router.get(
    "/{invoice_id}/pdf", response_class=Response, responses={200: {"content": {"application/pdf": {}}}}
)
async def read_invoice_pdf(
    agent: BillingAgent, session: Transaction, settings: Settings, invoice_id: UUID
) -> Response:
    return await pdf_response(session, await find(session, invoice_id), settings.public_url)


@router.post("/{invoice_id}/cancellation", status_code=201)
async def cancel_invoice(
    agent: BillingAgent, session: Transaction, invoice_id: UUID, body: CancellationIn
) -> CancellationOut:
    """Cancel by a credit note; what was paid becomes credit of the family, its charges are open again."""
    await find(session, invoice_id)
    cancelled, note = await service.cancel(session, invoice_id, reason=body.reason)
    day = await today(session, agent.commune_id)
    made = CancellationOut(
        invoice=agent_invoice_out(cancelled, day), credit_note=agent_invoice_out(note, day)
    )
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="invoice.cancelled",
        entity_id=invoice_id,
        after={"reason": body.reason, "credit_note": note.number},
    )
    return made
