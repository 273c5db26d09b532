"""A run against the month before, and the families that are kept out of it."""

from __future__ import annotations

import asyncio
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.runs.forms import SetAsideForm
from preau.gateway.pages.agents.runs.routes import refusals_told
from preau.gateway.pages.forms import Form
from preau.gateway.pages.rendering import is_htmx, render_fragments, see_other

router = APIRouter()


@router.get("/agent/facturation/{run_id}/differences")
async def compare(agent: BillingAgent, run_id: UUID) -> Response:
    """What differs from the month before, and the days whose roll is not done."""
    run, review = await asyncio.gather(agent.billing.run(str(run_id)), agent.billing.review_run(str(run_id)))
    if is_htmx(agent.request):
        return render_fragments(agent.request, ["agents/runs/_review.html"], {"run": run, "review": review})
    return agent.page("runs/differences", "runs", run=run, review=review)


@router.get("/agent/facturation/{run_id}/familles/{family_id}")
async def ask_to_set_aside(agent: BillingAgent, run_id: UUID, family_id: UUID) -> Response:
    """Why a family is to be kept out of a run."""
    return await _page(agent, run_id, family_id, Form())


async def _page(agent: AgentContext, run_id: UUID, family_id: UUID, form: Form) -> Response:
    run, family = await asyncio.gather(
        agent.billing.run(str(run_id)), agent.billing.family_of_run(str(run_id), str(family_id))
    )
    return agent.page("runs/set_aside", "runs", status=form.status, run=run, family=family, form=form)


@router.post("/agent/facturation/{run_id}/familles/{family_id}")
async def set_aside(agent: BillingAgent, run_id: UUID, family_id: UUID) -> Response:
    """Keep a family out of a run."""
    form, stated = SetAsideForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing():
            await agent.billing.set_family_aside(str(run_id), str(family_id), stated.model_dump())
            flash.add(agent.request, "success", "La famille est mise de côté.")
            return see_other(f"/agent/facturation/{run_id}")
    return await _page(agent, run_id, family_id, form)


@router.post("/agent/facturation/{run_id}/familles/{family_id}/retour")
async def bring_back(agent: BillingAgent, run_id: UUID, family_id: UUID) -> Response:
    """Take a family up again."""
    with refusals_told(agent):
        await agent.billing.bring_family_back(str(run_id), str(family_id))
        flash.add(agent.request, "success", "La famille est remise : son lot est recalculé.")
    return see_other(f"/agent/facturation/{run_id}")
