"""The list of what is booked, and reporting an absence from it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.formats import day, month
from preau.gateway.pages.forms import REFUSED
from preau.gateway.pages.parents.context import FamilyParent
from preau.gateway.pages.parents.reservations.names import NamedBooking, named_bookings
from preau.gateway.pages.parents.reservations.prices import by_day, quote_of
from preau.gateway.pages.rendering import see_other

router = APIRouter()
AHEAD = timedelta(days=120)
BACK = timedelta(days=120)
GONE = frozenset({"cancelled", "expired"})
"""Bookings that no longer concern the days to come, unless somebody told the family why."""
CANCELLABLE = frozenset({"requested", "confirmed", "waitlisted"})


@router.get("/reservations/liste")
async def list_page(parent: FamilyParent, vue: str = "a-venir") -> Response:
    """What comes, or what has been, by month."""
    today = parent.today
    first, last = (today, today + AHEAD) if vue != "passees" else (today - BACK, today - timedelta(days=1))
    answer = await parent.reservations.bookings(first, last)
    over = frozenset[str]() if vue == "passees" else GONE
    shown = await named_bookings(
        parent, [each for each in answer.items if each.status not in over or each.message]
    )
    if vue == "passees":
        shown.reverse()
    months: dict[str, list[NamedBooking]] = {}
    for booking in shown:
        months.setdefault(month(booking.date), []).append(booking)
    context = {"months": months, "view": vue, "cancellable": CANCELLABLE, "today": today}
    return parent.page("parents/reservations/list.html", context)


@router.get("/reservations/{booking_id}/annuler")
async def confirm_page(parent: FamilyParent, booking_id: UUID) -> Response:
    """Ask before cancelling."""
    booking = await _find(parent, booking_id)
    if booking is None:
        return see_other("/reservations/liste")
    return parent.page("parents/reservations/cancel.html", await _asked(parent, booking))


async def _asked(parent: FamilyParent, booking: NamedBooking) -> dict[str, object]:
    """The booking that is about to be cancelled, with what of its price comes back."""
    prices = by_day(await quote_of(parent, [(booking.child_id, booking.activity_id, booking.date)]))
    cents = next((price.amount_cents for price in prices.values()), None)
    return {"booking": booking, "cents": cents}


async def _find(parent: FamilyParent, booking_id: UUID) -> NamedBooking | None:
    try:
        found = await parent.reservations.booking(str(booking_id))
    except UpstreamProblem as problem:
        if problem.status != 404:
            raise
        return None
    (named,) = await named_bookings(parent, [found])
    return named


@router.post("/reservations/{booking_id}/annuler")
async def cancel(request: Request, parent: FamilyParent, booking_id: UUID) -> Response:
    """Cancel within the rules; too late, the rule and its cut-off are told."""
    booking = await _find(parent, booking_id)
    if booking is None:
        return see_other("/reservations/liste")
    what = f"{booking.activity_label}, {day(booking.date)}, {booking.child_name}"
    try:
        done = await parent.reservations.cancel_booking(str(booking_id))
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        return parent.page(
            "parents/reservations/cancel.html",
            {"booking": booking, "cents": None, "refusal": problem},
            status=409,
        )
    asked = done.status == "cancel_requested"
    flash.add(request, "success", f"Annulation {'demandée' if asked else 'enregistrée'} : {what}.")
    return see_other("/reservations/liste")
