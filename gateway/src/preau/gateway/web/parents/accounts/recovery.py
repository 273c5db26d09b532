"""A lost password (M3) and the confirmation of an e-mail: by links that serve once.

A link opens a page with a button: programs that look at mails follow links, they press no buttons.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.sessions.pages import Client
from preau.gateway.web import flash
from preau.gateway.web.forms import Form
from preau.gateway.web.parents.accounts.fields import NOT_THE_SAME
from preau.gateway.web.rendering import render, see_other

router = APIRouter()

VOID = frozenset({404, 409, 410})


def _void(request: Request) -> Response:
    return render(request, "parents/accounts/link_void.html", {}, status=404)


@router.get("/mot-de-passe-oublie")
async def forgotten_page(request: Request) -> Response:
    """Ask for a link."""
    return render(request, "parents/accounts/forgotten.html", {"sent_to": ""})


@router.post("/mot-de-passe-oublie")
async def forgotten(request: Request, client: Client) -> Response:
    """Send a link; the page is the same whether or not the address has an account."""
    form = Form.sent(await request.form())
    form.require({"email": "Indiquez votre adresse e-mail."})
    if form.is_valid:
        try:
            await client.post("identity", "/public/password-resets", json={"email": form.value("email")})
            return render(request, "parents/accounts/forgotten.html", {"sent_to": form.value("email")})
        except UpstreamProblem as problem:
            if problem.status not in {422, 429}:
                raise
            form.refuse(problem)
    context = {"form": form, "sent_to": ""}
    return render(request, "parents/accounts/forgotten.html", context, status=422)


@router.get("/mot-de-passe/{token}")
async def reset_page(request: Request, token: str) -> Response:
    """Choose a new password."""
    return render(request, "parents/accounts/reset.html", {"token": token})


@router.post("/mot-de-passe/{token}")
async def reset(request: Request, token: str, client: Client) -> Response:
    """Set it; every session of the account ends."""
    form = Form.sent(await request.form())
    form.require(
        {
            "password": "Choisissez un nouveau mot de passe.",
            "password_confirmation": "Saisissez-le une seconde fois.",
        }
    )
    if form.is_valid and form.value("password") != form.value("password_confirmation"):
        form.errors["password_confirmation"] = NOT_THE_SAME
    if form.is_valid:
        try:
            body = {name: form.value(name) for name in ("password", "password_confirmation")}
            await client.post("identity", f"/public/password-resets/{token}", json=body)
            flash.tell(request, "success", "Votre mot de passe est changé : connectez-vous.")
            return see_other("/connexion")
        except UpstreamProblem as problem:
            if problem.status in VOID:
                return _void(request)
            if problem.status not in {422, 429}:
                raise
            form.refuse(problem)
    context = {"form": form.without_secrets(), "token": token}
    return render(request, "parents/accounts/reset.html", context, status=422)


@router.get("/confirmation/{token}")
async def confirmation_page(request: Request, token: str) -> Response:
    """Ask to confirm the e-mail."""
    return render(request, "parents/accounts/confirm.html", {"token": token})


@router.post("/confirmation/{token}")
async def confirm(request: Request, token: str, client: Client) -> Response:
    """The e-mail is its owner's."""
    try:
        await client.post("identity", f"/public/email-confirmations/{token}", json={})
    except UpstreamProblem as problem:
        if problem.status in VOID:
            return _void(request)
        raise
    flash.tell(request, "success", "Votre adresse e-mail est confirmée. Merci !")
    return see_other("/")
