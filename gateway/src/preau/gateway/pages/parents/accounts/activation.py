"""Activating an account by the link that the commune sent."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.identity import ParentIdentity
from preau.gateway.api.models.identity import ActivationOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.kept_password import forget_password, keep_password, with_kept_password
from preau.gateway.pages.parents.accounts import fields
from preau.gateway.pages.parents.context import keep_family
from preau.gateway.pages.rendering import render, see_other
from preau.gateway.pages.sessions import Client, Identity, PerhapsParent, renew, sign_in

router = APIRouter()
TEMPLATE = "parents/accounts/activate.html"


async def _invitation(identity: Identity, token: str) -> ActivationOut | None:
    """What the link opens, None when it has been used or is too old."""
    try:
        return await identity.activation(token)
    except UpstreamProblem as problem:
        if problem.status in {404, 409, 410, 422}:
            return None
        raise


def _void(request: Request) -> Response:
    return render(request, "parents/accounts/activation_void.html", {}, status=404)


@router.get("/activation/{token}")
async def activation_page(
    request: Request, token: str, identity: Identity, session: PerhapsParent
) -> Response:
    """The form, with what the commune knows already."""
    invitation = await _invitation(identity, token)
    if invitation is None:
        return _void(request)
    form = Form(
        {
            "email": invitation.email,
            "first_name": invitation.first_name,
            "last_name": invitation.last_name,
            "account_name": invitation.family_label,
            "purpose": "personal",
            "notify_by": "email",
        }
    )
    context = {"form": form, "invitation": invitation, "token": token, "session": session, **fields.choices()}
    return render(request, TEMPLATE, context)


@router.post("/activation/{token}")
async def activate(request: Request, token: str, identity: Identity) -> Response:
    """Create the account, join it to the family, and sign in."""
    invitation = await _invitation(identity, token)
    if invitation is None:
        return _void(request)
    data = with_kept_password(request, await request.form())
    form, stated = fields.AccountForm.sent(data)
    if stated is not None:
        with form.refusing():
            await identity.activate(token, stated.body())
            forget_password(request)
            return await _welcome(request, stated, invitation)
    keep_password(request, data, form)
    context = {"form": form, "invitation": invitation, "token": token, "session": None, **fields.choices()}
    return render(request, TEMPLATE, context, status=422)


async def _welcome(request: Request, made: fields.AccountForm, invitation: ActivationOut) -> Response:
    try:
        await sign_in(request, made.email, made.password, "parent")
    except UpstreamProblem:
        flash.add(request, "success", "Votre compte est activé : connectez-vous.")
        return see_other("/connexion")
    flash.add(request, "success", f"Bienvenue ! Votre compte est relié à {invitation.family_label}.")
    return see_other("/")


@router.post("/activation/{token}/rattachement")
async def attach(request: Request, token: str, client: Client, session: PerhapsParent) -> Response:
    """Join the family to the account that is signed in."""
    if session is None:
        return see_other(f"/connexion?suite=/activation/{token}")
    try:
        joined = await ParentIdentity(client, session.access_token).join({"activation_token": token})
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        return _void(request)
    await renew(request, session)
    keep_family(request, joined.family_id)
    flash.add(request, "success", "C’est fait : votre compte est relié à cette famille.")
    return see_other("/")
