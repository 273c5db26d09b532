"""The calendar and the basket as they stand, together: after each act both are drawn from one look."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.models.reservations import AddedOut, BasketOut, CalendarOut, RefusedLineOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.formats import day
from preau.gateway.pages.forms import REFUSED
from preau.gateway.pages.parents.context import ParentContext
from preau.gateway.pages.parents.reservations.basket import BasketView, basket_view
from preau.gateway.pages.parents.reservations.place import Place, asked_place
from preau.gateway.pages.parents.reservations.weeks import STATES, WIDE_WEEKS, monday_of, suspension, weeks_of
from preau.gateway.pages.rendering import is_htmx, see_other

BASKET = ["parents/reservations/_basket_oob.html", "parents/reservations/_messages_oob.html"]
BASKET_IN_SHORT = "parents/reservations/_basket_bar_oob.html"
CALENDAR_AND_BASKET = [
    "parents/reservations/_weeks_oob.html",
    "parents/reservations/_alike_oob.html",
    BASKET_IN_SHORT,
    *BASKET,
]


class ActForm(FormModel):
    """What changes the basket says where it was done: on the calendar as it was shown, or beside it."""

    site: str = ""
    enfant: str = ""
    du: str = ""
    retour: str = ""
    ouvert: str = ""
    """The part of the basket that was open."""


NOT_PUT = "Votre panier n’a pas pu être modifié."
LISTED = 8
"""Refused days named one by one; further ones are counted."""


async def calendar_context(
    parent: ParentContext, place: Place, calendar: CalendarOut, basket: BasketOut
) -> dict[str, object]:
    """What the calendar's and the basket's templates need."""
    return context_of(place, calendar, await basket_view(parent, basket))


def context_of(place: Place, calendar: CalendarOut, view: BasketView) -> dict[str, object]:
    """The same, once the basket is priced."""
    weeks = weeks_of(calendar, place.monday)
    return {
        **view.context,
        "suspended": suspension(weeks),
        "place": place,
        "one_week": timedelta(weeks=1),
        "wide_weeks": timedelta(weeks=WIDE_WEEKS),
        "this_monday": monday_of(calendar.today),
        "today": calendar.today,
        "weeks": weeks,
        "legend": STATES,
        "return_to": place.monday.isoformat(),
    }


async def after_an_act(
    request: Request,
    parent: ParentContext,
    form: ActForm,
    *,
    refusal: str = "",
    done: str = "",
    basket: BasketOut | None = None,
    said: bool = True,
) -> Response:
    """The answer to what changed the basket: the pieces of the page it was done on, or that page again.

    ``refusal`` is why something was not done; ``done`` is told where the change does not speak for itself.
    Not ``said``: nothing was done, the page only looks again.
    """
    told = " ".join(filter(None, (done, refusal)))
    if not is_htmx(request):
        if told:
            flash.add(request, "success" if not refusal else "warning" if done else "error", told)
        return see_other(back_to(form))
    shown = {"site": form.site, "enfant": form.enfant, "du": form.du}
    pieces, context = BASKET, None
    if all(shown.values()):
        asked = asked_place(request, shown)
        agenda = await asked.agenda(parent.reservations)
        place, basket = asked.found(agenda), agenda.basket
        if isinstance(place, Place) and agenda.calendar is not None:
            pieces = CALENDAR_AND_BASKET
            context = await calendar_context(parent, place, agenda.calendar, basket)
    if context is None:
        view = await basket_view(parent, basket or await parent.reservations.basket())
        context = {**view.context, "return_to": form.retour}
    view = context["basket"]
    assert isinstance(view, BasketView)  # noqa: S101 - both contexts hold it
    events = {"say": told or view.in_words, "basket-changed": "", "close-dialog": ""}
    headers = {"HX-Trigger": json.dumps(events)} if said else {}
    context |= {"open_group": form.ouvert, "refusal_told": refusal, "done_told": done}
    return parent.fragments(pieces, context, headers=headers)


async def after_putting(
    request: Request, parent: ParentContext, form: ActForm, asked: Awaitable[AddedOut]
) -> Response:
    """The answer to lines put into the basket: those that were refused are told, or why none could be put."""
    try:
        answer = await asked
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        return await after_an_act(request, parent, form, refusal=problem.detail or NOT_PUT)
    refusal = refused_in_words(answer.refused)
    return await after_an_act(request, parent, form, refusal=refusal, basket=answer.basket)


def back_to(form: ActForm) -> str:
    """The page on which a form was sent: the basket's, or the calendar as it was."""
    if form.retour == "panier":
        return "/reservations/panier"
    named = {"site": form.site, "enfant": form.enfant, "du": form.du or form.retour}
    query = "&".join(f"{name}={value}" for name, value in named.items() if value.replace("-", "").isalnum())
    return f"/reservations?{query}" if query else "/reservations"


def refused_in_words(refused: list[RefusedLineOut]) -> str:
    """The days that were not taken, each with the reason; "" when all were."""
    if not refused:
        return ""
    dates = {each.date: each.refusal.reason.rstrip(".") for each in refused}
    listed = [f"{day(when)} ({reason})" for when, reason in list(dates.items())[:LISTED]]
    left = len(dates) - LISTED
    more = f" et {left} autre{'s' if left > 1 else ''} date{'s' if left > 1 else ''}" if left > 0 else ""
    return f"Certaines dates n’ont pas pu être ajoutées : {', '.join(listed)}{more}."
