"""An invoice by hand: its lines are written, the document is seen, then it is issued."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.api.models.billing import ManualPreviewOut
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.workbench.confirming import goes_back, is_confirmed, kept_of
from preau.gateway.pages.agents.workbench.rows import asks_for_rows, rows_shown
from preau.gateway.pages.form_fields import Cents, Day, Needed, Whole
from preau.gateway.pages.form_models import FormModel, OnceForm
from preau.gateway.pages.forms import Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()

MOST_LINES = 20


class LineForm(FormModel):
    """A line: a credit where the price is below zero."""

    distinctive: ClassVar[tuple[str, ...]] = ("child_id", "activity_id", "label", "unit_cents")

    child_id: Annotated[str, Field(title="Enfant")] = ""
    activity_id: Annotated[str, Field(title="Prestation")] = ""
    label: Annotated[str, Field(title="Libellé")] = ""
    day: Annotated[Day, Field(title="Jour"), Needed("Indiquez le jour de la ligne.")]
    quantity: Annotated[Whole, Field(title="Quantité"), Needed("Indiquez la quantité.")]
    unit_cents: Annotated[Cents, Field(title="Prix unitaire"), Needed("Indiquez le prix unitaire.")]

    def body(self) -> dict[str, Any]:
        return {name: value for name, value in self.model_dump(mode="json").items() if value != ""}


class ManualForm(OnceForm):
    """The lines, and why they are written."""

    regie_id: Annotated[str, Field(title="Régie"), Needed("Choisissez une régie.")]
    reason: Annotated[str, Field(title="Motif"), Needed("Indiquez le motif : la famille le lit.")]
    lines: Annotated[list[LineForm], Field(title="Ligne"), Needed("Écrivez au moins une ligne.")]

    def body(self) -> dict[str, Any]:
        return {
            "regie_id": self.regie_id,
            "reason": self.reason,
            "lines": [line.body() for line in self.lines],
        }


@router.get("/agent/familles/{family_id}/facture-manuelle")
async def manual_page(agent: BillingAgent, family_id: UUID, regie_id: str = "") -> Response:
    """The form, with one line of today."""
    return await _page(agent, family_id, Form({"regie_id": regie_id}))


@router.post("/agent/familles/{family_id}/facture-manuelle")
async def write_invoice(agent: BillingAgent, family_id: UUID) -> Response:
    """Show the document, then issue it once it is confirmed."""
    data = await agent.request.form()
    form, stated = ManualForm.sent(data)
    if asks_for_rows(data) or goes_back(data):
        return await _page(agent, family_id, Form(form.values))
    if stated is None:
        return await _page(agent, family_id, form)
    with form.refusing():
        if not is_confirmed(data):
            preview = await agent.billing.preview_manual_invoice(str(family_id), stated.body())
            return await _preview(agent, family_id, stated, preview, kept_of(data))
        made = await agent.billing.issue_manual_invoice(
            str(family_id), stated.body(), key=stated.cle or str(uuid4())
        )
        kind = "L’avoir" if made.total_cents < 0 else "La facture"
        issued = "émis" if made.total_cents < 0 else "émise"
        flash.add(agent.request, "success", f"{kind} {made.number} est {issued}.")
        return see_other(f"/agent/factures/{made.invoice_id}")
    return await _page(agent, family_id, form)


async def _page(agent: AgentContext, family_id: UUID, form: Form) -> Response:
    family, regies, activities, sites = await asyncio.gather(
        agent.identity.family(str(family_id)),
        agent.billing.regies(),
        agent.reservations.activities(),
        agent.reservations.sites(),
    )
    site_labels = {site.site_id: site.label for site in sites.items}
    rows = rows_shown(form, "lines", 1, MOST_LINES)
    defaults = {f"lines.{row}.{name}": value for row in range(rows) for name, value in _usual(agent.today)}
    form.values = defaults | form.values
    return agent.page(
        "ledger/manual",
        "invoices",
        status=form.status,
        form=form,
        household=family,
        rows=rows,
        most=MOST_LINES,
        regies=[(each.regie_id, each.label) for each in regies.items],
        activities=[
            (each.activity_id, f"{each.label} ({site_labels.get(each.site_id, '')})")
            for each in activities.items
        ],
        children=[(child.child_id, f"{child.first_name} {child.last_name}") for child in family.children],
        key=str(uuid4()),
    )


def _usual(today: date) -> tuple[tuple[str, str], ...]:
    return ("day", today.isoformat()), ("quantity", "1")


async def _preview(
    agent: AgentContext,
    family_id: UUID,
    stated: ManualForm,
    preview: ManualPreviewOut,
    kept: list[tuple[str, str]],
) -> Response:
    family = await agent.identity.family(str(family_id))
    return agent.page(
        "ledger/manual_preview",
        "invoices",
        household=family,
        preview=preview,
        reason=stated.reason,
        kept=kept,
    )
