"""A lost password, of a parent or an agent: by a link that serves once.

A link opens a page with a button: programs that look at mails follow links, they press no buttons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.identity import Resets
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.communes import Communes
from preau.gateway.pages.form_fields import Email, Needed, same_as
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import NOT_THE_SAME
from preau.gateway.pages.rendering import render, see_other
from preau.gateway.pages.sessions import Identity

VOID = frozenset({404, 409, 410})
REFUSED_HERE = frozenset({422, 429})


class ForgottenForm(FormModel):
    """Whose password is lost; an agent may say of which commune."""

    email: Annotated[Email, Field(title="Adresse e-mail"), Needed("Indiquez votre adresse e-mail.")]
    commune_slug: str = ""

    def body(self, with_commune: bool) -> dict[str, object]:
        """The request as identity takes it."""
        chosen = {"commune_slug": self.commune_slug} if with_commune and self.commune_slug else {}
        return {"email": self.email, **chosen}


class NewPasswordForm(FormModel):
    """A password chosen anew, twice the same."""

    password: Annotated[
        str, Field(title="Nouveau mot de passe"), Needed("Choisissez un nouveau mot de passe.")
    ] = Field(repr=False)
    password_confirmation: Annotated[
        str,
        Needed("Saisissez le nouveau mot de passe une seconde fois."),
        same_as("password", NOT_THE_SAME),
    ] = Field(repr=False)


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
        form, stated = ForgottenForm.sent(await request.form())
        if stated is not None:
            try:
                await identity.ask_for_reset(recovery.resets, stated.body(recovery.asks_commune))
                return await recovery.asking(request, {"sent_to": stated.email})
            except UpstreamProblem as problem:
                form.refuse(problem, told=REFUSED_HERE)
        return await recovery.asking(request, {"form": form}, status=422)

    @router.get(reset_path)
    async def reset_page(request: Request, token: str, identity: Identity) -> Response:
        """Choose a new password; a link that serves no more says so before anything is typed."""
        try:
            await identity.check_reset(recovery.resets, token)
        except UpstreamProblem as problem:
            if problem.status not in VOID:
                raise
            return recovery.void(request)
        return recovery.page(request, "reset", {"token": token})

    @router.post(reset_path)
    async def reset(request: Request, token: str, identity: Identity) -> Response:
        """Set it; every session of the account ends."""
        form, stated = NewPasswordForm.sent(await request.form())
        if stated is not None:
            try:
                await identity.reset_password(recovery.resets, token, stated.model_dump())
                flash.add(request, "success", "Votre mot de passe est changé : connectez-vous.")
                return see_other(f"{recovery.prefix}/connexion")
            except UpstreamProblem as problem:
                if problem.status in VOID:
                    return recovery.void(request)
                form.refuse(problem, told=REFUSED_HERE)
        return recovery.page(request, "reset", {"form": form, "token": token}, status=422)

    return router
