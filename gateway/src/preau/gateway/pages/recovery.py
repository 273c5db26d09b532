"""A lost password, of a parent or an agent: by a link that serves once.

A link opens a page with a button: programs that look at mails follow links, they press no buttons.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.identity import Resets
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.communes import Communes
from preau.gateway.pages.forms import NOT_THE_SAME, Form
from preau.gateway.pages.rendering import render, see_other
from preau.gateway.pages.sessions import Identity

VOID = frozenset({404, 409, 410})


@dataclass(frozen=True, slots=True)
class Recovery:
    """Whose pages: under which path, in which frame, by which resource of identity."""

    prefix: str
    layout: str
    resets: Resets
    asks_commune: bool = False

    def page(
        self, request: Request, name: str, context: dict[str, object] | None = None, status: int = 200
    ) -> Response:
        frame = {"layout": self.layout, "prefix": self.prefix}
        return render(request, f"recovery/{name}.html", {**frame, **(context or {})}, status=status)

    def void(self, request: Request) -> Response:
        """The link serves no more."""
        return self.page(request, "link_void", status=404)

    async def asking(self, request: Request, context: dict[str, object], status: int = 200) -> Response:
        communes: Communes = request.app.state.communes
        known = await communes.all() if self.asks_commune else []
        return self.page(request, "forgotten", {"sent_to": "", "communes": known, **context}, status)


PARENTS = Recovery("", "layout.html", "password-resets")
AGENTS = Recovery("/agent", "layout_agent.html", "agent-password-resets", asks_commune=True)


def recovery_routes(recovery: Recovery) -> APIRouter:
    """The pages to ask for a link and to use it."""
    router = APIRouter()
    forgotten_path = f"{recovery.prefix}/mot-de-passe-oublie"
    reset_path = f"{recovery.prefix}/mot-de-passe/{{token}}"

    @router.get(forgotten_path)
    async def forgotten_page(request: Request) -> Response:
        """Ask for a link."""
        return await recovery.asking(request, {})

    @router.post(forgotten_path)
    async def forgotten(request: Request, identity: Identity) -> Response:
        """Send a link; the page is the same whether or not the address has an account."""
        form = Form.sent(await request.form())
        form.require({"email": "Indiquez votre adresse e-mail."})
        if form.is_valid:
            body = {"email": form.value("email")}
            if recovery.asks_commune and form.value("commune_slug"):
                body["commune_slug"] = form.value("commune_slug")
            try:
                await identity.ask_for_reset(recovery.resets, body)
                return await recovery.asking(request, {"sent_to": form.value("email")})
            except UpstreamProblem as problem:
                if problem.status not in {422, 429}:
                    raise
                form.refuse(problem)
        return await recovery.asking(request, {"form": form}, status=422)

    @router.get(reset_path)
    async def reset_page(request: Request, token: str) -> Response:
        """Choose a new password."""
        return recovery.page(request, "reset", {"token": token})

    @router.post(reset_path)
    async def reset(request: Request, token: str, identity: Identity) -> Response:
        """Set it; every session of the account ends."""
        form = _new_password(Form.sent(await request.form()))
        if form.is_valid:
            try:
                body = {name: form.value(name) for name in ("password", "password_confirmation")}
                await identity.reset_password(recovery.resets, token, body)
                flash.add(request, "success", "Votre mot de passe est changé : connectez-vous.")
                return see_other(f"{recovery.prefix}/connexion")
            except UpstreamProblem as problem:
                if problem.status in VOID:
                    return recovery.void(request)
                if problem.status not in {422, 429}:
                    raise
                form.refuse(problem)
        return recovery.page(request, "reset", {"form": form.without_secrets(), "token": token}, status=422)

    return router


def _new_password(form: Form) -> Form:
    form.require(
        {
            "password": "Choisissez un nouveau mot de passe.",
            "password_confirmation": "Saisissez-le une seconde fois.",
        }
    )
    if form.is_valid and form.value("password") != form.value("password_confirmation"):
        form.errors["password_confirmation"] = NOT_THE_SAME
    return form
