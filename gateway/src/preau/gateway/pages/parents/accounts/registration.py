"""Creating an account, with the check that a human does and perhaps an adhesion code."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.parents.accounts import fields
from preau.gateway.pages.parents.accounts.codes import tidy_code
from preau.gateway.pages.rendering import NO_STORE, render
from preau.gateway.pages.sessions import Identity

router = APIRouter()
TEMPLATE = "parents/accounts/register.html"


@router.get("/inscription")
async def registration_page(request: Request, code: str = "") -> Response:
    """The form; a link of the commune may bring the code along."""
    form = Form({"purpose": "personal", "notify_by": "email", "civility": "", "code": tidy_code(code)})
    return render(request, TEMPLATE, {"form": form, **fields.choices()})


@router.get("/inscription/controle")
async def challenge(identity: Identity) -> Response:
    """A fresh proof of work for the browser to do."""
    return Response(await identity.challenge(), media_type="application/json", headers=NO_STORE)


@router.post("/inscription")
async def register(request: Request, identity: Identity) -> Response:
    """Create the account. The answer is the same whether or not the address has one already."""
    form = Form.sent(await request.form())
    fields.check(form)
    if not form.value("altcha"):
        form.errors["altcha"] = "La vérification n’est pas terminée. Attendez qu’elle le soit, puis renvoyez."
    if form.is_valid:
        body: dict[str, object] = {**fields.body(form), "altcha": form.value("altcha")}
        if form.value("code"):
            body["code"] = tidy_code(form.value("code"))
        try:
            await identity.register(body)
            context = {"email": form.value("email"), "joined": bool(form.value("code"))}
            return render(request, "parents/accounts/registered.html", context, status=201)
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.refuse(problem)
    form.values["altcha"] = ""
    return render(request, TEMPLATE, {"form": form.without_secrets(), **fields.choices()}, status=422)
