"""Mes réservations: the calendar of a child at a site, and the basket beside it."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.models.reservations import AgendaOut
from preau.gateway.pages.input_values import day_of
from preau.gateway.pages.parents.context import Arriving, FamilyParent, FamilyServices
from preau.gateway.pages.parents.reservations import bookings, checkout, orders, period, several
from preau.gateway.pages.parents.reservations.basket import parse_line
from preau.gateway.pages.parents.reservations.picture import (
    BASKET,
    BASKET_IN_SHORT,
    ActForm,
    after_an_act,
    after_putting,
    calendar_context,
)
from preau.gateway.pages.parents.reservations.place import AskedPlace, Nowhere, asked_place, remember
from preau.gateway.pages.parents.reservations.weeks import Intent, cell_of
from preau.gateway.pages.rendering import is_htmx, see_other

router = APIRouter()
router.include_router(checkout.router)
router.include_router(several.router)
router.include_router(orders.router)
router.include_router(period.router)
router.include_router(bookings.router)


class CellForm(ActForm):
    """A cell of the calendar: a child's activity on a day, and what is meant to be done."""

    ligne: Annotated[tuple[str, date, Intent], BeforeValidator(parse_line)]


@router.get("/reservations")
async def calendar_page(request: Request, arriving: Arriving) -> Response:
    """The calendar; its address says ``site``, ``enfant`` and ``du``. In place, the calendar alone."""
    parent, (asked, agenda) = await arriving.meanwhile(lambda family: _agenda(request, family))
    place = asked.found(agenda)
    if isinstance(place, Nowhere) or agenda.calendar is None:
        offered = {"sites": place.sites, "children": place.children}
        return parent.page("parents/reservations/nothing.html", offered)
    remember(request, place)
    context = await calendar_context(parent, place, agenda.calendar, agenda.basket)
    if not is_htmx(request):
        return parent.page("parents/reservations/calendar.html", {**context, "basket_bar": True})
    said = f"{place.child.first_name}, {place.site.label}, semaine {place.monday.isocalendar().week}."
    pieces = ["parents/reservations/_calendar.html", BASKET_IN_SHORT, *BASKET]
    return parent.fragments(pieces, context, headers={"HX-Trigger": json.dumps({"say": said})})


async def _agenda(request: Request, family: FamilyServices) -> tuple[AskedPlace, AgendaOut]:
    asked = asked_place(request, request.query_params)  # in the civil time of the commune, known by now
    return asked, await asked.agenda(family.reservations)


@router.get("/reservations/etat")
async def state(request: Request, parent: FamilyParent) -> Response:
    """The calendar and the basket as they stand, for a page that was looked away from."""
    form = ActForm.model_validate(dict(request.query_params))
    return await after_an_act(request, parent, form, said=False)


@router.post("/reservations/panier/bascule")
async def tap(request: Request, parent: FamilyParent) -> Response:
    """A tap on a cell: into the basket, or out of it."""
    _, form = CellForm.sent(await request.form())
    if form is None:
        return see_other("/reservations")
    activity_id, day, intent = form.ligne
    asked = parent.reservations.put_lines([(form.enfant, activity_id, day, intent)])
    return await after_putting(request, parent, form, asked)


@router.get("/reservations/jour")
async def reason(request: Request, parent: FamilyParent, prestation: str = "", jour: str = "") -> Response:
    """Why nothing can be changed on a day, until when it could be, and whom to call."""
    day = day_of(jour)
    if day is None:
        return see_other("/reservations")
    asked = asked_place(request, request.query_params)
    agenda = await asked.agenda(parent.reservations, day, day)
    place = asked.found(agenda)
    if isinstance(place, Nowhere) or agenda.calendar is None:
        return see_other("/reservations")
    offered = agenda.calendar.activities
    cells = [cell_of(each, each.days[0]) for each in offered if each.activity_id == prestation]
    if not cells:
        return see_other(place.address())
    context: dict[str, object] = {"cell": cells[0], "place": place, "contact": agenda.calendar.contact}
    if is_htmx(request):
        return parent.fragments(["parents/reservations/_reason.html"], context)
    return parent.page("parents/reservations/reason.html", context)
