"""The basket's own page, and what is done with it: take out, empty, validate."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.form_fields import Needed
from preau.gateway.pages.form_models import OnceForm
from preau.gateway.pages.forms import REFUSED
from preau.gateway.pages.parents.context import Arriving, FamilyParent, ParentContext
from preau.gateway.pages.parents.payments.opening import open_payments, payment_step
from preau.gateway.pages.parents.reservations.basket import basket_view, seal_of
from preau.gateway.pages.parents.reservations.orders import to_pay
from preau.gateway.pages.parents.reservations.picture import ActForm, after_an_act, after_putting
from preau.gateway.pages.rendering import see_other

router = APIRouter()

PRICED_AFTER_SECONDS = (0.2, 0.3, 0.5, 0.5, 1.0, 1.0)
"""How long an order's invoice is waited for before the parent is told to wait: 3.5 s in all."""


class LineForm(ActForm):
    """A line of the basket."""

    ligne: Annotated[str, Needed("Choisissez une ligne du panier.")]


class ValidationForm(OnceForm):
    """The basket that was seen."""

    vu: str = ""


@router.get("/reservations/panier")
async def basket_page(arriving: Arriving) -> Response:
    """The basket alone, as a phone shows it."""
    parent, basket = await arriving.meanwhile(lambda family: family.reservations.basket())
    return parent.page("parents/reservations/basket.html", (await basket_view(parent, basket)).context)


@router.post("/reservations/panier/retirer")
async def remove(request: Request, parent: FamilyParent) -> Response:
    """Take one line out."""
    _, stated = LineForm.sent(await request.form())
    if stated is None:
        return see_other("/reservations/panier")
    try:
        await parent.reservations.remove_line(stated.ligne)
    except UpstreamProblem as problem:
        if problem.status != 404:
            raise
    return await after_an_act(request, parent, stated)


@router.post("/reservations/panier/vider")
async def empty(request: Request, parent: FamilyParent) -> Response:
    """Take everything out; it can be put back."""
    _, stated = ActForm.sent(await request.form())
    await parent.reservations.empty_basket()
    done = "Votre panier est vide. Vos réservations déjà validées n’ont pas changé."
    return await after_an_act(request, parent, stated or ActForm(), done=done)


@router.post("/reservations/panier/retablir")
async def restore(request: Request, parent: FamilyParent) -> Response:
    """Put back what was in the basket when it was emptied; what is no longer possible is told."""
    _, stated = ActForm.sent(await request.form())
    return await after_putting(request, parent, stated or ActForm(), parent.reservations.restore_basket())


@router.post("/reservations/panier/valider")
async def validate(request: Request, parent: FamilyParent) -> Response:
    """Validate the basket that was seen; a prepaid one goes on to the payment page at once."""
    _, stated = ValidationForm.sent(await request.form())
    seen = stated.vu if stated else ""
    if seen and seen != seal_of((await parent.reservations.basket()).lines):
        flash.add(request, "warning", "Votre panier a changé entre-temps. Vérifiez-le, puis validez.")
        return see_other("/reservations/panier")
    try:
        order = await parent.reservations.place_order(key=stated.cle if stated and stated.cle else None)
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        flash.add(request, "error", problem.detail or "Votre panier n’a pas pu être validé.")
        return see_other("/reservations/panier")
    location = f"/commandes/{order.order_id}"
    if order.status == "awaiting_payment":
        location = await _towards_payment(request, parent, order.order_id) or location
    return see_other(location)


async def _towards_payment(request: Request, parent: ParentContext, order_id: str) -> str | None:
    """The payment page of a fresh order; None when its price is not there yet."""
    for seconds in PRICED_AFTER_SECONDS:
        await asyncio.sleep(seconds)
        order = await parent.reservations.order(order_id)
        if order.status != "awaiting_payment":
            return None
        unpaid = [each.invoice_id for each in to_pay(order)]
        if unpaid:
            try:
                return payment_step(await open_payments(parent, unpaid, key=f"order-{order_id}"))
            except UpstreamProblem:
                return None
    return None
