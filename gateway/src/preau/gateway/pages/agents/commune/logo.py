"""The commune's logo: shown as it is, replaced, taken away."""

from __future__ import annotations

import asyncio
from base64 import b64encode

from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.responses import Response

from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AdminAgent, AgentContext
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.forms import Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()

PATH = "/agent/commune/logo"
LARGEST_BYTES = 200_000
MISSING = "Choisissez une image PNG ou JPEG."
TOO_LARGE = "Cette image dépasse 200 ko : choisissez-en une plus légère."


@router.get(PATH)
async def logo_page(agent: AdminAgent) -> Response:
    """The logo as documents show it, and a form to replace it."""
    return await _page(agent, Form())


async def _page(agent: AgentContext, form: Form) -> Response:
    commune, changed = await asyncio.gather(
        agent.identity.commune(), last_change(agent, agent.identity.changes(str(agent.session.commune_id)))
    )
    return agent.page("commune/logo", "commune", status=form.status, form=form, here=commune, changed=changed)


@router.post(PATH)
async def set_logo(agent: AdminAgent) -> Response:
    """Take the picture that was sent."""
    file = (await agent.request.form()).get("image")
    form = Form()
    body = await file.read(LARGEST_BYTES + 1) if isinstance(file, UploadFile) else b""
    if not body:
        form.errors["image"] = MISSING
    elif len(body) > LARGEST_BYTES:
        form.errors["image"] = TOO_LARGE
    else:
        with form.refusing():
            await agent.identity.set_logo({"image": b64encode(body).decode()})
            flash.add(agent.request, "success", "Le logo est enregistré : vos factures le portent désormais.")
            return see_other(PATH)
    return await _page(agent, form)


@router.post(f"{PATH}/retrait")
async def remove_logo(agent: AdminAgent) -> Response:
    """Go without a logo."""
    await agent.identity.remove_logo()
    flash.add(agent.request, "success", "Le logo est retiré.")
    return see_other(PATH)
