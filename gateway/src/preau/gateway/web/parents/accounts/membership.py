"""Joining a commune with the code it gave (M5, M6)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.sessions.pages import renew
from preau.gateway.web import flash
from preau.gateway.web.forms import REFUSED, Form
from preau.gateway.web.parents.accounts.codes import tidy_code
from preau.gateway.web.parents.visitor import AnyVisitor, keep_family
from preau.gateway.web.rendering import see_other

router = APIRouter()
TEMPLATE = "parents/accounts/join.html"


@router.get("/adhesion")
async def join_page(visitor: AnyVisitor) -> Response:
    """The form for the code."""
    return visitor.page(TEMPLATE)


@router.post("/adhesion")
async def join(request: Request, visitor: AnyVisitor) -> Response:
    """Use the code; the rights of the session follow at once."""
    form = Form.sent(await request.form())
    form.require({"code": "Saisissez le code reçu de votre commune."})
    if form.is_valid:
        try:
            body = {"code": tidy_code(form.value("code"))}
            joined = await visitor.client.post("identity", "/parent/memberships", visitor.session, json=body)
            await renew(request, visitor.session)
            keep_family(request, joined["family_id"])
            flash.tell(request, "success", "C’est fait : votre compte est relié à votre commune.")
            return see_other("/")
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.errors["code"] = (
                problem.field_errors.get("code")
                or problem.detail
                or ("Ce code n’est pas valable : il est peut-être déjà utilisé ou trop ancien.")
            )
    return visitor.page(TEMPLATE, {"form": form}, status=422)
