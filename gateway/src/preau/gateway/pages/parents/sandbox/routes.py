"""La boîte d'essai: the mails that were sent, to follow their links by hand. Development only."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.pages.rendering import render
from preau.gateway.pages.sessions import Identity

router = APIRouter()


@router.get("/boite-d-essai")
async def mails_page(request: Request, identity: Identity, a: str = "") -> Response:
    """The mails, newest first; ``a`` keeps those to one address."""
    answer = await identity.sandbox_mails(a)
    return render(request, "parents/sandbox/mails.html", {"mails": answer.items, "address": a})
