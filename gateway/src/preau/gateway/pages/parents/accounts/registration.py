"""Creating an account, with the check that a human does and perhaps an adhesion code."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.pages.forms import Form
from preau.gateway.pages.kept_password import forget_password, keep_password, with_kept_password
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
    data = with_kept_password(request, await request.form())
    form, stated = fields.RegistrationForm.sent(data)
    if stated is not None:
        with form.refusing():
            await identity.register(stated.body())
            forget_password(request)
            context = {"email": stated.email, "joined": bool(stated.code)}
            return render(request, "parents/accounts/registered.html", context, status=201)
    form.values["altcha"] = ""
    keep_password(request, data, form)
    return render(request, TEMPLATE, {"form": form, **fields.choices()}, status=422)
