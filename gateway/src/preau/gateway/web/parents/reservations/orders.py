"""A validated basket: confirmed, or waiting for its payment while the places are held."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.web import flash
from preau.gateway.web.forms import REFUSED, Form
from preau.gateway.web.parents.payments.opening import open_payments, payment_step
from preau.gateway.web.parents.reservations.names import named_bookings
from preau.gateway.web.parents.visitor import FamilyVisitor, Visitor
from preau.gateway.web.rendering import see_other

router = APIRouter()


async def _context(visitor: Visitor, order_id: UUID) -> dict[str, Any]:
    order = await visitor.get("reservations", f"orders/{order_id}")
    unpaid = [each for each in order["invoices"] if each.get("status", "open") == "open"]
    return {
        "order": order,
        "bookings": await named_bookings(visitor, order["bookings"]),
        "invoices": unpaid,
        "total_cents": sum(each["total_cents"] for each in unpaid),
        "now": datetime.now(UTC).isoformat(),
        "key": str(uuid4()),
    }


@router.get("/commandes/{order_id}")
async def order_page(visitor: FamilyVisitor, order_id: UUID) -> Response:
    """Where the order stands; while its price is computed, the page asks again by itself."""
    return visitor.page("parents/reservations/order.html", await _context(visitor, order_id))


@router.get("/commandes/{order_id}/etat")
async def order_state(visitor: FamilyVisitor, order_id: UUID) -> Response:
    """The part of the page that changes."""
    return visitor.fragments(["parents/reservations/_order.html"], await _context(visitor, order_id))


@router.post("/commandes/{order_id}/paiement")
async def pay_order(request: Request, visitor: FamilyVisitor, order_id: UUID) -> Response:
    """Go to the payment page of the order's invoices."""
    form = Form.sent(await request.form())
    context = await _context(visitor, order_id)
    unpaid = [each["invoice_id"] for each in context["invoices"]]
    if context["order"]["status"] != "awaiting_payment" or not unpaid:
        return see_other(f"/commandes/{order_id}")
    try:
        payments = await open_payments(visitor, unpaid, key=form.value("cle") or str(uuid4()))
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        flash.tell(request, "warning", problem.detail or "Le paiement n’est pas encore possible.")
        return see_other(f"/commandes/{order_id}")
    return see_other(payment_step(payments))
