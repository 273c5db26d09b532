"""Invoices: search, detail, PDF, and cancelling by a credit note."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.invoices.listing import INVOICES
from preau.gateway.pages.agents.workbench.pages import list_page
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()


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
    return await _page(agent, invoice_id)


async def _page(agent: AgentContext, invoice_id: UUID, form: Form | None = None) -> Response:
    invoice = await agent.billing.invoice(str(invoice_id))
    return agent.page(
        "invoices/record", "invoices", status=422 if form else 200, invoice=invoice, form=form or Form()
    )


@router.get("/agent/factures/{invoice_id}/pdf")
async def read_pdf(agent: BillingAgent, invoice_id: UUID) -> Response:
    """The invoice as PDF."""
    file = await agent.billing.invoice_pdf(str(invoice_id))
    return Response(file.body, media_type=file.media_type, headers={"Content-Disposition": file.disposition})


@router.post("/agent/factures/{invoice_id}/annulation")
async def cancel_invoice(agent: BillingAgent, invoice_id: UUID) -> Response:
    """Cancel by a credit note, with the reason."""
    form = Form.sent(await agent.request.form())
    form.require({"reason": "Indiquez le motif de l’annulation."})
    if form.is_valid:
        try:
            body = {"reason": form.value("reason")}
            made = await agent.billing.cancel_invoice(str(invoice_id), body)
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.refuse(problem)
        else:
            number = made.credit_note.number
            flash.add(agent.request, "success", f"La facture est annulée par l’avoir {number}.")
            return see_other(f"/agent/factures/{invoice_id}")
    return await _page(agent, invoice_id, form)
