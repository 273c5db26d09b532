"""Several days in a few taps: a weekday of the month, a whole week, the same for another child."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.models.reservations import ActivityDaysOut
from preau.gateway.pages.form_fields import Needed
from preau.gateway.pages.formats import week_title
from preau.gateway.pages.input_values import day_of
from preau.gateway.pages.parents.context import FamilyParent
from preau.gateway.pages.parents.reservations.basket import booked_for
from preau.gateway.pages.parents.reservations.picture import (
    ActForm,
    after_an_act,
    after_putting,
)
from preau.gateway.pages.parents.reservations.place import Place, asked_place
from preau.gateway.pages.parents.reservations.weeks import monday_of
from preau.gateway.pages.rendering import is_htmx, see_other
from preau.wording.dates import WEEKDAYS, of_month

router = APIRouter()
PAGE = "parents/reservations/several.html"
PIECE = "parents/reservations/_several.html"


class SeveralForm(ActForm):
    """An activity and what to do ("id|book"), over the days that ``jour`` or ``semaine`` stands for."""

    jour: str = ""
    semaine: str = ""
    prestation: Annotated[str, Needed("Choisissez une prestation.")]


class AlikeForm(ActForm):
    """The child whose days are taken, and the one who gets them too ("id|id")."""

    pareil: Annotated[str, Needed("Choisissez un enfant.")]


@dataclass(frozen=True, slots=True)
class Span:
    """Several days named by one: a weekday of a month, or a week. ``query`` is how an address says it."""

    title: str
    first: date
    last: date
    weekdays: list[int]
    query: tuple[str, date]


def span_of(asked: Mapping[str, str]) -> Span | None:
    """The days that ``jour`` (all such weekdays of its week's month) or ``semaine`` stand for."""
    if (monday := day_of(asked.get("semaine", ""))) is not None:
        monday = monday_of(monday)
        sunday = monday + timedelta(days=6)
        title = f"Toute la semaine {week_title(monday, monday + timedelta(days=4))}"
        return Span(title, monday, sunday, list(range(7)), ("semaine", monday))
    if (day := day_of(asked.get("jour", ""))) is not None:
        middle = monday_of(day) + timedelta(days=3)
        first, last = middle.replace(day=1), middle.replace(day=monthrange(middle.year, middle.month)[1])
        weekday = day.weekday()
        title = f"Tous les {WEEKDAYS[weekday]}s {of_month(middle)}"
        return Span(title, first, last, [weekday], ("jour", day))
    return None


@dataclass(frozen=True, slots=True)
class Choice:
    """An activity over the days: how many could be put into the basket, how many are in it."""

    activity_id: str
    label: str
    free: int
    held: int


def choice_of(activity: ActivityDaysOut, span: Span) -> Choice:
    """What the days of an activity offer."""
    days = [each for each in activity.days if each.date.weekday() in span.weekdays]
    free = sum(1 for each in days if each.can_book and not each.in_basket)
    held = sum(1 for each in days if each.in_basket == "book")
    return Choice(activity.activity_id, activity.label, free, held)


@router.get("/reservations/plusieurs")
async def choose(request: Request, parent: FamilyParent) -> Response:
    """What a weekday's head or a week's title offers: a dialog, or a page of its own."""
    span = span_of(request.query_params)
    if span is None:
        return see_other("/reservations")
    asked = asked_place(request, request.query_params)
    agenda = await asked.agenda(parent.reservations, span.first, span.last)
    place = asked.found(agenda)
    if not isinstance(place, Place) or agenda.calendar is None:
        return see_other("/reservations")
    context: dict[str, object] = {
        "place": place,
        "span": span,
        "choices": [choice_of(each, span) for each in agenda.calendar.activities],
    }
    return parent.fragments([PIECE], context) if is_htmx(request) else parent.page(PAGE, context)


@router.post("/reservations/panier/plusieurs")
async def put_several(request: Request, parent: FamilyParent) -> Response:
    """Put all the days of an activity into the basket, or take them out; refused ones are told."""
    _, form = SeveralForm.sent(await request.form())
    span = span_of({"jour": form.jour, "semaine": form.semaine}) if form else None
    if form is None or span is None:
        return see_other("/reservations")
    activity_id, _, act = form.prestation.partition("|")
    asked = parent.reservations.add_period(
        {
            "site_id": form.site,
            "child_ids": [form.enfant],
            "activity_ids": [activity_id],
            "from": min(max(span.first, parent.today), span.last).isoformat(),
            "to": span.last.isoformat(),
            "weekdays": span.weekdays,
            "action": "remove" if act == "remove" else "book",
        }
    )
    return await after_putting(request, parent, form, asked)


@router.post("/reservations/panier/pareil")
async def put_alike(request: Request, parent: FamilyParent) -> Response:
    """The days that the basket books for one child, for another too."""
    _, form = AlikeForm.sent(await request.form())
    if form is None:
        return see_other("/reservations")
    model_id, _, child_id = form.pareil.partition("|")
    wanted = booked_for(model_id, (await parent.reservations.basket()).lines)
    if not wanted or not child_id:
        return await after_an_act(request, parent, form)
    asked = parent.reservations.put_lines(
        [(child_id, line.activity_id, line.date, "book") for line in wanted]
    )
    return await after_putting(request, parent, form, asked)
