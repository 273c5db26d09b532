"""The confirmation of an e-mail, by a link that serves once and opens a page with a button."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.recovery import PARENTS, VOID
from preau.gateway.pages.rendering import render, see_other
from preau.gateway.pages.sessions import Identity

router = APIRouter()


@router.get("/confirmation/{token}")
async def confirmation_page(request: Request, token: str) -> Response:
    """Ask to confirm the e-mail."""
    return render(request, "parents/accounts/confirm.html", {"token": token})


@router.post("/confirmation/{token}")
async def confirm(request: Request, token: str, identity: Identity) -> Response:
    """The e-mail is its owner's."""
    try:
        await identity.confirm_email(token)
    except UpstreamProblem as problem:
        if problem.status in VOID:
            return PARENTS.void(request)
        raise
    flash.add(request, "success", "Votre adresse e-mail est confirmée. Merci !")
    return see_other("/")
