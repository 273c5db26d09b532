"""Joining a commune with the code it gave."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.form_fields import Needed
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import REFUSED
from preau.gateway.pages.parents.accounts.codes import tidy_code
from preau.gateway.pages.parents.context import AnyParent, keep_family
from preau.gateway.pages.rendering import see_other
from preau.gateway.pages.sessions import renew

router = APIRouter()
TEMPLATE = "parents/accounts/join.html"


class CodeForm(FormModel):
    """The adhesion code."""

    code: Annotated[str, Needed("Saisissez le code reçu de votre commune.")]


@router.get("/adhesion")
async def join_page(parent: AnyParent) -> Response:
    """The form for the code."""
    return parent.page(TEMPLATE)


@router.post("/adhesion")
async def join(request: Request, parent: AnyParent) -> Response:
    """Use the code; the rights of the session follow at once."""
    form, stated = CodeForm.sent(await request.form())
    if stated is not None:
        try:
            joined = await parent.identity.join({"code": tidy_code(stated.code)})
            await renew(request, parent.session)
            keep_family(request, joined.family_id)
            flash.add(request, "success", "C’est fait : votre compte est relié à votre commune.")
            return see_other("/")
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.errors["code"] = (
                problem.field_errors.get("code")
                or problem.detail
                or ("Ce code n’est pas valable : il est peut-être déjà utilisé ou trop ancien.")
            )
    return parent.page(TEMPLATE, {"form": form}, status=422)
