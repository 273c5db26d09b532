"""The commune's own settings."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, Field
from starlette.responses import Response

from preau.gateway.api.models.identity import AgentCommuneOut
from preau.gateway.pages.agents.commune import lists, logo
from preau.gateway.pages.agents.context import AdminAgent, AgentContext
from preau.gateway.pages.agents.labels import SCHOOL_ZONE
from preau.gateway.pages.agents.workbench.confirming import Shown, among
from preau.gateway.pages.agents.workbench.editing import Edit, EditForm, Saving, edited
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.form_fields import Email, Needed
from preau.gateway.pages.forms import Form

router = APIRouter()
router.include_router(lists.router)
router.include_router(logo.router)


class CommuneForm(EditForm):
    """What families see of the commune, and whom they may call."""

    name: Annotated[str, Field(title="Nom"), Needed("Indiquez le nom de la commune.")]
    contact_email: Annotated[Email, Field(title="E-mail pour les familles")] = ""
    contact_phone: Annotated[str, Field(title="Téléphone pour les familles")] = ""
    accent_colour: Annotated[
        str, Field(title="Couleur"), Needed("Choisissez une couleur."), AfterValidator(str.lower)
    ]
    school_zone: Annotated[
        str, Field(title="Vacances et jours fériés"), Needed("Choisissez les vacances et jours fériés.")
    ]


SHOWN = {
    "name": Shown("Nom"),
    "contact_email": Shown("E-mail pour les familles"),
    "contact_phone": Shown("Téléphone pour les familles"),
    "accent_colour": Shown("Couleur"),
    "school_zone": Shown("Vacances et jours fériés", among(SCHOOL_ZONE)),
}
CONCERNS = "Toutes les familles de la commune voient ces changements sur leurs pages."


def _form_of(commune: AgentCommuneOut) -> Form:
    return Form(
        {
            "version": commune.version,
            "name": commune.name,
            "contact_email": commune.contact_email,
            "contact_phone": commune.contact_phone,
            "accent_colour": commune.accent_colour,
            "school_zone": commune.school_zone,
        }
    )


@router.get("/agent/commune")
async def commune_page(agent: AdminAgent) -> Response:
    """Name, colour and whom families may call."""
    return await _page(agent)


async def _page(agent: AgentContext, form: Form | None = None) -> Response:
    commune, changed = await asyncio.gather(
        agent.identity.commune(), last_change(agent, agent.identity.changes(str(agent.session.commune_id)))
    )
    shown = form or _form_of(commune)
    return agent.page(
        "commune/form", "commune", status=shown.status, form=shown, here=commune, changed=changed
    )


@router.post("/agent/commune")
async def change_commune(agent: AdminAgent) -> Response:
    """Keep the changes."""

    async def read(_: CommuneForm) -> AgentCommuneOut:
        return await agent.identity.commune()

    async def told(*_: object) -> Saving:
        return Saving("Modifier la commune", CONCERNS)

    async def save(_: CommuneForm, changed: dict[str, Any], seen: int) -> object:
        return await agent.identity.change_commune(changed, seen=seen)

    async def page(form: Form) -> Response:
        return await _page(agent, form)

    edit = Edit(
        tab="commune",
        model=CommuneForm,
        shown=SHOWN,
        read=read,
        save=save,
        page=page,
        told=told,
        journal=lambda: agent.identity.changes(str(agent.session.commune_id)),
        done="C’est enregistré.",
        to="/agent/commune",
    )
    return await edited(agent, edit)
