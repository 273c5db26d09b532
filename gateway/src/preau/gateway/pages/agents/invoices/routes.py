"""Invoices: search, detail, PDF, and cancelling by a credit note."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import BillingAgent
from preau.gateway.pages.agents.invoices.listing import INVOICES
from preau.gateway.pages.agents.invoices.record import record_page
from preau.gateway.pages.agents.workbench.pages import list_page
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.form_fields import Needed
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.rendering import see_other

router = APIRouter()


class CancelForm(FormModel):
    """Why an invoice is cancelled."""

    reason: Annotated[str, Field(title="Motif"), Needed("Indiquez le motif de l’annulation.")]


@router.get("/agent/factures")
async def list_invoices(agent: BillingAgent) -> Response:
    """Invoices by number or family, status and régie."""
    regies = await agent.billing.regies()
    options = {"regie_id": [(each.regie_id, each.label) for each in regies.items]}
    return await list_page(agent, INVOICES, "invoices/list", "invoices", options)


@router.get("/agent/factures.{kind}")
async def invoices_sheet(agent: BillingAgent, kind: SheetKind) -> Response:
    """The same invoices, all of them, for a spreadsheet."""
    return await sheet_response(agent, INVOICES, kind)


@router.get("/agent/factures/{invoice_id}")
async def read_invoice(agent: BillingAgent, invoice_id: UUID) -> Response:
    """An invoice, each line with how its price came about."""
    return await record_page(agent, invoice_id)


@router.get("/agent/factures/{invoice_id}/pdf")
async def read_pdf(agent: BillingAgent, invoice_id: UUID) -> Response:
    """The invoice as PDF."""
    file = await agent.billing.invoice_pdf(str(invoice_id))
    return Response(file.body, media_type=file.media_type, headers={"Content-Disposition": file.disposition})


@router.post("/agent/factures/{invoice_id}/annulation")
async def cancel_invoice(agent: BillingAgent, invoice_id: UUID) -> Response:
    """Cancel by a credit note, with the reason."""
    form, stated = CancelForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing():
            made = await agent.billing.cancel_invoice(str(invoice_id), stated.model_dump())
            number = made.credit_note.number
            flash.add(agent.request, "success", f"La facture est annulée par l’avoir {number}.")
            return see_other(f"/agent/factures/{invoice_id}")
    return await record_page(agent, invoice_id, form)
