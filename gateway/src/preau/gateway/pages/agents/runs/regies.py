"""A régie's page: its name, its due date, what its invoices print."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.billing import RegieOut
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.runs.forms import EDITED, RegieEditForm, typed
from preau.gateway.pages.agents.workbench.editing import Edit, Saving, edited
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.agents.workbench.rows import rows_shown
from preau.gateway.pages.forms import Form, Naming
from preau.wording.kinds import REMINDER
from preau.wording.typography import sentence

router = APIRouter()

MOST_STEPS = 6
MEANS = tuple((code, sentence(name)) for code, name in REMINDER.items())
CONCERNS = (
    "L’échéance et les mentions valent pour les factures à préparer ; "
    "celles qui sont émises gardent les leurs."
)


@router.get("/agent/regies/{regie_id}")
async def read_regie(agent: BillingAgent, regie_id: UUID) -> Response:
    """One régie."""
    return await _page(agent, regie_id)


async def _page(agent: AgentContext, regie_id: UUID, form: Form | None = None) -> Response:
    regie, changed = await asyncio.gather(
        agent.billing.regie(str(regie_id)), last_change(agent, agent.billing.changes(str(regie_id)))
    )
    shown = form or Form(typed(regie))
    return agent.page(
        "runs/regie",
        "runs",
        status=shown.status,
        form=shown,
        regie=regie,
        changed=changed,
        rows=rows_shown(shown, "steps", 1, MOST_STEPS),
        most=MOST_STEPS,
        means=MEANS,
    )


@router.post("/agent/regies/{regie_id}")
async def change_regie(agent: BillingAgent, regie_id: UUID) -> Response:
    """Change its name, its due date, what its invoices print."""

    async def read(_: RegieEditForm) -> RegieOut:
        return await agent.billing.regie(str(regie_id))

    async def told(_: RegieEditForm, present: RegieOut, __: dict[str, Any]) -> Saving:
        return Saving(f"Modifier la régie « {present.label} »", CONCERNS)

    async def save(_: RegieEditForm, changed: dict[str, Any], seen: int) -> object:
        return await agent.billing.change_regie(str(regie_id), changed, seen=seen)

    async def page(form: Form) -> Response:
        return await _page(agent, regie_id, form)

    def naming(form: Form) -> Naming:
        def of_form(name: str) -> str | None:
            inside = name.removeprefix("reminders.")
            own = {
                "minimum_cents": "minimum",
                "takes_parts": "parts",
                "carry_under_cents": "carry_under",
            }.get(inside)
            return own or form.name_at(inside.split("."))

        return of_form

    edit = Edit(
        tab="runs",
        model=RegieEditForm,
        shown=EDITED,
        read=read,
        save=save,
        page=page,
        told=told,
        journal=lambda: agent.billing.changes(str(regie_id)),
        done="La régie est enregistrée.",
        to=f"/agent/regies/{regie_id}",
        names=naming,
    )
    return await edited(agent, edit)
