"""The years of a régie's accounts: closing one, and opening it again."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.form_fields import Needed
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()


class ReopeningForm(FormModel):
    """Why a year is opened again."""

    reason: Annotated[str, Field(title="Motif"), Needed("Indiquez le motif de la réouverture.")]


@router.get("/agent/regies/{regie_id}/exercices")
async def read_years(agent: BillingAgent, regie_id: UUID) -> Response:
    """What moved in each year, and which are closed."""
    return await _page(agent, regie_id)


async def _page(agent: AgentContext, regie_id: UUID, form: Form | None = None) -> Response:
    regie, years = await asyncio.gather(
        agent.billing.regie(str(regie_id)), agent.billing.years(str(regie_id))
    )
    open_over = [each.year for each in years.items if each.closed_at is None and each.year < agent.today.year]
    closed = [each.year for each in years.items if each.closed_at is not None]
    shown = form or Form()
    return agent.page(
        "ledger/years",
        "journal",
        status=shown.status,
        form=shown,
        regie=regie,
        years=years.items,
        next_to_close=min(open_over, default=None),
        last_closed=max(closed, default=None),
    )


@router.post("/agent/regies/{regie_id}/exercices/{year}/cloture")
async def close_year(agent: BillingAgent, regie_id: UUID, year: int) -> Response:
    """Close a year that is over."""
    form = Form()
    with form.refusing():
        await agent.billing.close_year(str(regie_id), year)
        flash.add(agent.request, "success", f"L’exercice {year} est clos.")
        return see_other(f"/agent/regies/{regie_id}/exercices")
    return await _page(agent, regie_id, form)


@router.post("/agent/regies/{regie_id}/exercices/{year}/reouverture")
async def reopen_year(agent: BillingAgent, regie_id: UUID, year: int) -> Response:
    """Open the last closed year again."""
    form, stated = ReopeningForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing():
            await agent.billing.reopen_year(str(regie_id), year, stated.model_dump())
            flash.add(agent.request, "success", f"L’exercice {year} est rouvert.")
            return see_other(f"/agent/regies/{regie_id}/exercices")
    return await _page(agent, regie_id, form)
