"""Agents sign in and out, and recover a lost password."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AnyAgent
from preau.gateway.pages.communes import Communes
from preau.gateway.pages.forms import Form
from preau.gateway.pages.recovery import AGENTS, recovery_routes
from preau.gateway.pages.rendering import render, see_other
from preau.gateway.pages.sessions import session_of_request, set_cookie, sign_in, sign_out
from preau.gateway.pages.sign_in import NO_SUCH_ACCOUNT, SIGN_IN_REFUSED, SignInForm
from preau.gateway.security.cookies import DAY_SECONDS, SHORTCUTS_COOKIE, cookie, removal_cookie

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
    form, stated = SignInForm.sent(await request.form())
    if stated is not None:
        try:
            await sign_in(request, stated.email, stated.password, "agent", stated.commune_slug or None)
            return see_other(path_of_ours(stated.suite))
        except UpstreamProblem as problem:
            if problem.status not in SIGN_IN_REFUSED:
                raise
            form.failure = problem.detail or NO_SUCH_ACCOUNT
    return await _form(request, form, status=422)


@router.post("/agent/deconnexion")
async def signed_out(request: Request) -> Response:
    """End the session of this browser."""
    await sign_out(request, "agent")
    flash.add(request, "success", "Vous êtes déconnecté.")
    return see_other("/agent/connexion")


@router.post("/agent/raccourcis")
async def switch_shortcuts(agent: AnyAgent) -> Response:
    """Turn the shortcuts of a single key off or on in this browser (WCAG 2.1.4)."""
    wanted = (await agent.request.form()).get("shortcuts")
    if wanted == "off":
        set_cookie(agent.request, cookie(SHORTCUTS_COOKIE, "off", lasts_seconds=365 * DAY_SECONDS))
        flash.add(agent.request, "success", "Les raccourcis clavier d’une seule touche sont désactivés.")
    else:
        set_cookie(agent.request, removal_cookie(SHORTCUTS_COOKIE))
        flash.add(agent.request, "success", "Les raccourcis clavier d’une seule touche sont activés.")
    return see_other("/agent")


async def _form(request: Request, form: Form, status: int = 200) -> Response:
    communes: Communes = request.app.state.communes
    return render(
        request,
        "agents/accounts/sign_in.html",
        {"form": form, "communes": await communes.all()},
        status=status,
    )
