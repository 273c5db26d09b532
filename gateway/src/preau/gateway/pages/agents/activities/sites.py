"""A site's page: its name, whether it is open, and its days of class."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.reservations import SiteOut
from preau.gateway.pages.agents.activities.forms import SITE_SHOWN, SITE_STATUS, SiteEditForm
from preau.gateway.pages.agents.context import AgentContext, ReservationsAgent
from preau.gateway.pages.agents.workbench.editing import Edit, Saving, edited
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.forms import Form

router = APIRouter()

CONCERNS = (
    "Les familles voient le nouveau nom. Un site fermé ne leur est plus proposé ;"
    " les réservations prises restent."
)


@router.get("/agent/sites/{site_id}")
async def read_site(agent: ReservationsAgent, site_id: UUID) -> Response:
    """One site."""
    return await _page(agent, site_id)


async def _page(agent: AgentContext, site_id: UUID, form: Form | None = None) -> Response:
    site, changed = await asyncio.gather(
        agent.reservations.site(str(site_id)), last_change(agent, agent.reservations.changes(str(site_id)))
    )
    days = {"class_weekdays": list(map(str, site.class_weekdays))}
    shown = form or Form({**site.model_dump(include={"version", "label", "status"}), **days})
    return agent.page(
        "activities/site",
        "activities",
        status=shown.status,
        form=shown,
        site=site,
        changed=changed,
        statuses=SITE_STATUS,
    )


@router.post("/agent/sites/{site_id}")
async def change_site(agent: ReservationsAgent, site_id: UUID) -> Response:
    """Rename, close or open it again, or change its days of class."""

    async def read(_: SiteEditForm) -> SiteOut:
        return await agent.reservations.site(str(site_id))

    async def told(_: SiteEditForm, present: SiteOut, __: dict[str, Any]) -> Saving:
        return Saving(f"Modifier le site « {present.label} »", CONCERNS)

    async def save(_: SiteEditForm, changed: dict[str, Any], seen: int) -> object:
        return await agent.reservations.change_site(str(site_id), changed, seen=seen)

    async def page(form: Form) -> Response:
        return await _page(agent, site_id, form)

    edit = Edit(
        tab="activities",
        model=SiteEditForm,
        shown=SITE_SHOWN,
        read=read,
        body=lambda stated, _: stated.body(),
        save=save,
        page=page,
        told=told,
        journal=lambda: agent.reservations.changes(str(site_id)),
        done="Le site est enregistré.",
        to=f"/agent/sites/{site_id}",
    )
    return await edited(agent, edit)
