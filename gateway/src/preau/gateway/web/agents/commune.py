"""The commune's own settings."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.web import flash
from preau.gateway.web.agents.office import Admin
from preau.gateway.web.forms import REFUSED, Form
from preau.gateway.web.rendering import see_other

router = APIRouter()

FIELDS = ("name", "contact_email", "contact_phone", "accent_colour")


@router.get("/agent/commune")
async def commune_page(office: Admin) -> Response:
    """Name, colour and whom families may call."""
    commune = await office.get("identity", "/commune")
    return office.page(
        "commune", "commune", form=Form({name: commune[name] for name in FIELDS}), here=commune
    )


@router.post("/agent/commune")
async def change_commune(office: Admin) -> Response:
    """Keep the changes."""
    form = Form.sent(await office.request.form())
    form.require({"name": "Indiquez le nom de la commune."})
    if form.is_valid:
        try:
            body = {name: form.value(name) for name in FIELDS}
            await office.patch(
                "identity", "/commune", body | {"accent_colour": body["accent_colour"].lower()}
            )
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.refuse(problem)
        else:
            flash.tell(office.request, "success", "C’est enregistré.")
            return see_other("/agent/commune")
    commune = await office.get("identity", "/commune")
    return office.page("commune", "commune", status=422, form=form, here=commune)
