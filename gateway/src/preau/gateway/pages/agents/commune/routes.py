"""The commune's own settings."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.identity import AgentCommuneOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AdminAgent
from preau.gateway.pages.forms import REFUSED, Form, changes
from preau.gateway.pages.rendering import see_other

router = APIRouter()

FIELDS = ("name", "contact_email", "contact_phone", "accent_colour")


def _form_of(commune: AgentCommuneOut) -> Form:
    return Form(
        {
            "name": commune.name,
            "contact_email": commune.contact_email,
            "contact_phone": commune.contact_phone,
            "accent_colour": commune.accent_colour,
        }
    )


@router.get("/agent/commune")
async def commune_page(agent: AdminAgent) -> Response:
    """Name, colour and whom families may call."""
    commune = await agent.identity.commune()
    return agent.page("commune/form", "commune", form=_form_of(commune), here=commune)


@router.post("/agent/commune")
async def change_commune(agent: AdminAgent) -> Response:
    """Keep the changes."""
    form = Form.sent(await agent.request.form())
    form.require({"name": "Indiquez le nom de la commune."})
    if form.is_valid:
        try:
            body = {name: form.value(name) for name in FIELDS}
            body["accent_colour"] = body["accent_colour"].lower()
            changed = changes(body, await agent.identity.commune())
            if changed:
                await agent.identity.change_commune(changed)
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.refuse(problem)
        else:
            flash.add(agent.request, "success", "C’est enregistré.")
            return see_other("/agent/commune")
    commune = await agent.identity.commune()
    return agent.page("commune/form", "commune", status=422, form=form, here=commune)
