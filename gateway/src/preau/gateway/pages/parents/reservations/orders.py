"""A validated basket: confirmed, or waiting for its payment while the places are held."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.models.reservations import OrderInvoiceOut, OrderOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.form_models import OnceForm
from preau.gateway.pages.forms import REFUSED
from preau.gateway.pages.parents.context import FamilyParent, ParentContext
from preau.gateway.pages.parents.payments.opening import open_payments, payment_step
from preau.gateway.pages.parents.reservations.names import named_bookings
from preau.gateway.pages.parents.reservations.outcome import Outcome, outcomes
from preau.gateway.pages.parents.reservations.prices import by_day, quote_of
from preau.gateway.pages.rendering import see_other

router = APIRouter()


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order with what is still to be paid of it."""

    order: OrderOut
    outcomes: list[Outcome]
    unpaid: list[OrderInvoiceOut]

    @property
    def context(self) -> dict[str, object]:
        """What the templates need."""
        return {
            "order": self.order,
            "outcomes": self.outcomes,
            "invoices": self.unpaid,
            "is_late": any(each.status == "expired" for each in self.order.bookings),
            "total_cents": sum(each.total_cents for each in self.unpaid),
            "now": datetime.now(UTC),
            "key": str(uuid4()),
        }


def to_pay(order: OrderOut) -> list[OrderInvoiceOut]:
    """The invoices of the order that ask for money; one that costs nothing does not."""
    return [each for each in order.invoices if each.status == "open" and each.total_cents > 0]


async def _view(parent: ParentContext, order_id: UUID) -> OrderView:
    order = await parent.reservations.order(str(order_id))
    unpaid = to_pay(order)
    # Whether what awaits payment costs anything is not known before there is an invoice.
    booked = [each for each in order.bookings if unpaid or each.status != "awaiting_payment"]
    changed = [*booked, *order.cancellations]
    days = [(each.child_id, each.activity_id, each.date) for each in changed]
    named, quote = await asyncio.gather(named_bookings(parent, changed), quote_of(parent, days))
    return OrderView(order, outcomes(named, by_day(quote)), unpaid)


@router.get("/commandes/{order_id}")
async def order_page(parent: FamilyParent, order_id: UUID) -> Response:
    """Where the order stands; while its price is computed, the page asks again by itself."""
    return parent.page("parents/reservations/order.html", (await _view(parent, order_id)).context)


@router.get("/commandes/{order_id}/etat")
async def order_state(parent: FamilyParent, order_id: UUID) -> Response:
    """The part of the page that changes."""
    return parent.fragments(["parents/reservations/_order.html"], (await _view(parent, order_id)).context)


@router.post("/commandes/{order_id}/paiement")
async def pay_order(request: Request, parent: FamilyParent, order_id: UUID) -> Response:
    """Go to the payment page of the order's invoices."""
    _, stated = OnceForm.sent(await request.form())
    view = await _view(parent, order_id)
    unpaid = [each.invoice_id for each in view.unpaid]
    if view.order.status != "awaiting_payment" or not unpaid:
        return see_other(f"/commandes/{order_id}")
    try:
        payments = await open_payments(parent, unpaid, key=(stated and stated.cle) or str(uuid4()))
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        flash.add(request, "warning", problem.detail or "Le paiement n’est pas encore possible.")
        return see_other(f"/commandes/{order_id}")
    return see_other(payment_step(payments))
