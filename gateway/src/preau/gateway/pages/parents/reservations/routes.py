"""Mes réservations: the calendar of a child at a site, and the basket beside it."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.models.reservations import CalendarOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.input_values import day_of
from preau.gateway.pages.parents.context import FamilyParent, ParentContext
from preau.gateway.pages.parents.reservations import bookings, checkout, orders, period
from preau.gateway.pages.parents.reservations.basket import basket_view, parse_line
from preau.gateway.pages.parents.reservations.weeks import (
    STATES,
    WIDE_WEEKS,
    Cell,
    cell_of,
    monday_of,
    weeks_of,
)
from preau.gateway.pages.rendering import is_htmx, see_other

router = APIRouter()
router.include_router(checkout.router)
router.include_router(orders.router)
router.include_router(period.router)
router.include_router(bookings.router)

CELL = "parents/reservations/_cell.html"
AFTER_A_TAP = [
    CELL,
    "parents/reservations/_basket_oob.html",
    "parents/reservations/_basket_bar_oob.html",
    "parents/reservations/_messages_oob.html",
]


def _start(parent: ParentContext, asked: str) -> date:
    """The Monday to show first: of the day asked for, of today when none was or it is none."""
    return monday_of(day_of(asked) or parent.today)


@router.get("/reservations")
async def calendar_page(parent: FamilyParent, site: str = "", enfant: str = "", du: str = "") -> Response:
    """The calendar. The address says site, child and week, so that a switch of child keeps the place."""
    offer, record, basket = await asyncio.gather(
        parent.reservations.offer(), parent.record(), parent.reservations.basket()
    )
    sites, children = offer.items, record.children
    if not sites or not children:
        return parent.page("parents/reservations/nothing.html", {"sites": sites, "children": children})
    current_site = next((each for each in sites if each.site_id == site), sites[0])
    child = next((each for each in children if each.child_id == enfant), children[0])
    monday = _start(parent, du)
    last = monday + timedelta(weeks=WIDE_WEEKS, days=-1)
    calendar, view = await asyncio.gather(
        parent.reservations.calendar(current_site.site_id, child.child_id, monday, last),
        basket_view(parent, basket),
    )
    return parent.page(
        "parents/reservations/calendar.html",
        {
            **view.context,
            "sites": sites,
            "children": children,
            "site": current_site,
            "child": child,
            "monday": monday,
            "one_week": timedelta(weeks=1),
            "wide_weeks": timedelta(weeks=WIDE_WEEKS),
            "this_monday": monday_of(calendar.today),
            "today": calendar.today,
            "contact": calendar.contact,
            "weeks": weeks_of(calendar, monday),
            "legend": STATES,
            "basket_bar": True,
        },
    )


@router.post("/reservations/panier/bascule")
async def toggle(request: Request, parent: FamilyParent) -> Response:
    """A tap on a cell: into the basket, or out of it."""
    form = Form.sent(await request.form())
    site_id, child_id = form.value("site"), form.value("enfant")
    try:
        activity_id, day = parse_line(form.value("ligne"))
    except ValueError:
        return see_other("/reservations")
    refusal = ""
    try:
        await parent.reservations.toggle(child_id, activity_id, day)
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        refusal = problem.detail or "Cette date ne peut pas être modifiée."
    if not is_htmx(request):
        if refusal:
            flash.add(request, "error", refusal)
        return see_other(f"/reservations?site={site_id}&enfant={child_id}&du={form.value('du')}#j-{day}")
    calendar, view = await asyncio.gather(
        parent.reservations.calendar(site_id, child_id, day, day), basket_view(parent)
    )
    cell = _cell_in(calendar, activity_id)
    said = refusal or view.in_words
    context: dict[str, object] = {
        **view.context,
        "cell": cell,
        "contact": calendar.contact,
        "refusal_told": refusal,
    }
    return parent.fragments(AFTER_A_TAP, context, headers={"HX-Trigger": json.dumps({"say": said})})


def _cell_in(calendar: CalendarOut, activity_id: str) -> Cell | None:
    for activity in calendar.activities:
        if activity.activity_id == activity_id and activity.days:
            return cell_of(activity, activity.days[0])
    return None
