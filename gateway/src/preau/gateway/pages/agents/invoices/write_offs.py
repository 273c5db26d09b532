"""Writing off what is due of an invoice, and undoing it, each with its reason."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import BillingAgent
from preau.gateway.pages.agents.invoices.record import record_page
from preau.gateway.pages.form_fields import Needed
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.formats import money
from preau.gateway.pages.rendering import see_other

router = APIRouter()


class WriteOffForm(FormModel):
    """Why nobody asks for it any more."""

    why_written_off: Annotated[str, Field(title="Motif"), Needed("Indiquez le motif de l’admission.")]


class AskAgainForm(FormModel):
    """Why it is asked for again."""

    why_asked_again: Annotated[str, Field(title="Motif"), Needed("Indiquez pourquoi elle est annulée.")]


@router.post("/agent/factures/{invoice_id}/non-valeur")
async def write_off(agent: BillingAgent, invoice_id: UUID) -> Response:
    """Write off all that is due."""
    form, stated = WriteOffForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing({"reason": "why_written_off"}.get):
            made = await agent.billing.write_off(str(invoice_id), {"reason": stated.why_written_off})
            done = f"{money(made.written_off_cents)} admis en non-valeur : plus rien n’est réclamé."
            flash.add(agent.request, "success", done)
            return see_other(f"/agent/factures/{invoice_id}")
    return await record_page(agent, invoice_id, form)


@router.post("/agent/factures/{invoice_id}/non-valeur/annulation")
async def ask_again(agent: BillingAgent, invoice_id: UUID) -> Response:
    """Ask again for what was written off."""
    form, stated = AskAgainForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing({"reason": "why_asked_again"}.get):
            made = await agent.billing.undo_write_off(str(invoice_id), {"reason": stated.why_asked_again})
            done = f"L’admission est annulée : {money(made.due_cents)} restent dus."
            flash.add(agent.request, "success", done)
            return see_other(f"/agent/factures/{invoice_id}")
    return await record_page(agent, invoice_id, form)
