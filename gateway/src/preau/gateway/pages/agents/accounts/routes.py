"""Agents sign in and out, and recover a lost password."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.communes import Communes
from preau.gateway.pages.forms import Form
from preau.gateway.pages.recovery import AGENTS, recovery_routes
from preau.gateway.pages.rendering import render, see_other
from preau.gateway.pages.sessions import session_of_request, sign_in, sign_out

router = APIRouter()
router.include_router(recovery_routes(AGENTS))


def path_of_ours(path: str) -> str:
    """A page of the back agent to go on to; whatever leads elsewhere becomes the desk."""
    ours = path == "/agent" or path.startswith(("/agent/", "/agent?"))
    safe = ours and "\\" not in path and "//" not in path and path.isprintable()
    return path if safe and not path.startswith("/agent/connexion") else "/agent"


@router.get("/agent/connexion")
async def sign_in_page(request: Request, suite: str = "/agent") -> Response:
    """The form; whoever is signed in goes on."""
    if await session_of_request(request, "agent") is not None:
        return see_other(path_of_ours(suite))
    return await _form(request, Form({"suite": path_of_ours(suite)}))


@router.post("/agent/connexion")
async def signed_in(request: Request) -> Response:
    """Check the password; a refusal never says whether the agent exists."""
    form = Form.sent(await request.form())
    form.require({"email": "Indiquez votre adresse e-mail.", "password": "Indiquez votre mot de passe."})
    if form.is_valid:
        try:
            await sign_in(
                request,
                form.value("email"),
                form.value("password"),
                "agent",
                form.value("commune_slug") or None,
            )
            return see_other(path_of_ours(form.value("suite")))
        except UpstreamProblem as problem:
            if problem.status not in {401, 422, 429}:
                raise
            form.failure = problem.detail or "L’adresse e-mail ou le mot de passe ne convient pas."
    return await _form(request, form.without_secrets(), status=422)


@router.post("/agent/deconnexion")
async def signed_out(request: Request) -> Response:
    """End the session of this browser."""
    await sign_out(request, "agent")
    flash.add(request, "success", "Vous êtes déconnecté.")
    return see_other("/agent/connexion")


async def _form(request: Request, form: Form, status: int = 200) -> Response:
    communes: Communes = request.app.state.communes
    return render(
        request,
        "agents/accounts/sign_in.html",
        {"form": form, "communes": await communes.all()},
        status=status,
    )
