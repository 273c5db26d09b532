"""Signing in and out, and choosing which family to look after."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.parents.accounts import activation, confirmation, membership, registration
from preau.gateway.pages.parents.context import AnyParent, keep_family
from preau.gateway.pages.recovery import PARENTS, recovery_routes
from preau.gateway.pages.rendering import render, see_other
from preau.gateway.pages.sessions import PerhapsParent, sign_in, sign_out
from preau.gateway.pages.sign_in import NO_SUCH_ACCOUNT, SIGN_IN_REFUSED, SignInForm

router = APIRouter()
router.include_router(registration.router)
router.include_router(activation.router)
router.include_router(membership.router)
router.include_router(recovery_routes(PARENTS))
router.include_router(confirmation.router)


def local_path(path: str) -> str:
    """A path of ours to go on to; anything that could lead to another site becomes the home page."""
    safe = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if safe and not path.startswith("/connexion") else "/"


@router.get("/connexion")
async def sign_in_page(request: Request, session: PerhapsParent, suite: str = "/") -> Response:
    """The form; whoever is signed in goes on."""
    if session is not None:
        return see_other(local_path(suite))
    return render(request, "parents/accounts/sign_in.html", {"suite": local_path(suite)})


@router.post("/connexion")
async def signed_in(request: Request) -> Response:
    """Check the password; a refusal never says whether the account exists."""
    form, stated = SignInForm.sent(await request.form())
    suite = local_path(form.value("suite"))
    if stated is not None:
        try:
            await sign_in(request, stated.email, stated.password, "parent")
            return see_other(suite)
        except UpstreamProblem as problem:
            if problem.status not in SIGN_IN_REFUSED:
                raise
            form.failure = problem.detail or NO_SUCH_ACCOUNT
    context = {"form": form, "suite": suite}
    return render(request, "parents/accounts/sign_in.html", context, status=422)


@router.post("/deconnexion")
async def signed_out(request: Request) -> Response:
    """End the session of this browser."""
    await sign_out(request, "parent")
    flash.add(request, "success", "Vous êtes déconnecté.")
    return see_other("/connexion")


@router.post("/foyer")
async def choose_family(request: Request, parent: AnyParent) -> Response:
    """Look after another family of the account: another commune, or the other household."""
    asked = str((await request.form()).get("family_id"))
    if any(each.family_id == asked for each in parent.families):
        keep_family(request, asked)
    return see_other("/")
