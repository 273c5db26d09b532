"""The basket's own page, and what is done with it: take out, empty, validate."""

from __future__ import annotations

import asyncio
import json

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.parents.context import FamilyParent, ParentContext
from preau.gateway.pages.parents.payments.opening import open_payments, payment_step
from preau.gateway.pages.parents.reservations.basket import basket_view
from preau.gateway.pages.rendering import is_htmx, see_other

router = APIRouter()

PRICED_AFTER_SECONDS = (0.2, 0.3, 0.5, 0.5, 1.0, 1.0)
"""How long an order's invoice is waited for before the parent is told to wait: 3.5 s in all."""


@router.get("/reservations/panier")
async def basket_page(parent: FamilyParent) -> Response:
    """The basket alone, as a phone shows it."""
    return parent.page("parents/reservations/basket.html", (await basket_view(parent)).context)


@router.post("/reservations/panier/retirer")
async def remove(request: Request, parent: FamilyParent) -> Response:
    """Take one line out."""
    form = Form.sent(await request.form())
    try:
        await parent.reservations.remove_line(form.value("ligne"))
    except UpstreamProblem as problem:
        if problem.status != 404:
            raise
    if not is_htmx(request):
        return see_other(_back(form))
    view = await basket_view(parent)
    context: dict[str, object] = {
        **view.context,
        "open_group": form.value("ouvert"),
        "return_to": form.value("retour"),
    }
    pieces = ["parents/reservations/_basket.html", "parents/reservations/_basket_bar_oob.html"]
    return parent.fragments(pieces, context, headers={"HX-Trigger": json.dumps({"say": view.in_words})})


@router.post("/reservations/panier/vider")
async def empty(request: Request, parent: FamilyParent) -> Response:
    """Take everything out."""
    await parent.reservations.empty_basket()
    flash.add(request, "success", "Votre panier est vide. Vos réservations déjà validées n’ont pas changé.")
    return see_other(_back(Form.sent(await request.form())))


def _back(form: Form) -> str:
    """To the calendar as it was, or to the basket's page."""
    return "/reservations/panier" if form.value("retour") == "panier" else "/reservations"


@router.post("/reservations/panier/valider")
async def validate(request: Request, parent: FamilyParent) -> Response:
    """Validate the whole basket; a prepaid one goes on to the payment page at once."""
    form = Form.sent(await request.form())
    try:
        order = await parent.reservations.place_order(key=form.value("cle") or None)
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
        unpaid = [each.invoice_id for each in order.invoices if each.status == "open"]
        if unpaid:
            try:
                return payment_step(await open_payments(parent, unpaid, key=f"order-{order_id}"))
            except UpstreamProblem:
                return None
    return None
