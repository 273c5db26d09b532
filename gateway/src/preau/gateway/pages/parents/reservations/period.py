"""Réserver sur une période: dates, weekdays, activities and children in one go."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.models.reservations import AddedOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.formats import day
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.parents.context import FamilyParent, ParentContext
from preau.gateway.pages.rendering import see_other

router = APIRouter()
TEMPLATE = "parents/reservations/period.html"
SEVERAL = ("enfants", "prestations", "jours")
WEEKDAYS = ["Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche"]
NAMES = {
    "child_ids": "enfants",
    "activity_ids": "prestations",
    "weekdays": "jours",
    "from": "du",
    "to": "au",
    "body": "au",
}
LISTED = 8
"""Refused days named one by one; further ones are counted."""


async def _page(parent: ParentContext, form: Form, site: str, *, status: int = 200) -> Response:
    offer, record = await asyncio.gather(parent.reservations.offer(), parent.record())
    sites = offer.items
    chosen = next((each for each in sites if each.site_id == site), sites[0] if sites else None)
    if chosen is None or not record.children:
        return parent.page("parents/reservations/nothing.html", {"sites": sites, "children": record.children})
    if not form.values:
        start = parent.today + timedelta(days=1)
        form.values = {
            "enfants": [each.child_id for each in record.children],
            "prestations": [each.activity_id for each in chosen.activities][:1],
            "jours": ["0", "1", "3", "4"],
            "du": start.isoformat(),
            "au": _end_of_month(start).isoformat(),
            "action": "book",
        }
    context: dict[str, object] = {
        "form": form,
        "sites": sites,
        "site": chosen,
        "children": record.children,
        "weekdays": [(str(index), name) for index, name in enumerate(WEEKDAYS)],
    }
    return parent.page(TEMPLATE, context, status=status)


def _end_of_month(start: date) -> date:
    """The last day of the month, of the next one when fewer than ten days are left."""
    last = (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return last if (last - start).days >= 9 else _end_of_month(last + timedelta(days=1))


@router.get("/reservations/periode")
async def period_page(parent: FamilyParent, site: str = "") -> Response:
    """The form, filled in for all children and the usual school days."""
    return await _page(parent, Form(), site)


@router.post("/reservations/periode")
async def add_period(request: Request, parent: FamilyParent) -> Response:
    """Put the whole period into the basket; days that a rule refuses are told."""
    form = Form.sent(await request.form(), several=SEVERAL)
    form.require(
        {
            "enfants": "Choisissez au moins un enfant.",
            "prestations": "Choisissez au moins une prestation.",
            "jours": "Choisissez au moins un jour de la semaine.",
            "du": "Indiquez la date de début.",
            "au": "Indiquez la date de fin.",
        }
    )
    if not set(form.value("jours")) <= {str(day) for day in range(len(WEEKDAYS))}:
        form.errors["jours"] = "Choisissez parmi les jours de la semaine."
    site = form.value("site")
    if form.is_valid:
        try:
            answer = await parent.reservations.add_period(
                {
                    "site_id": site,
                    "child_ids": form.value("enfants"),
                    "activity_ids": form.value("prestations"),
                    "from": form.value("du"),
                    "to": form.value("au"),
                    "weekdays": [int(each) for each in form.value("jours")],
                    "action": "cancel" if form.value("action") == "cancel" else "book",
                }
            )
            _tell(request, answer)
            return see_other("/reservations/panier")
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.refuse(problem, NAMES)
    return await _page(parent, form, site, status=422)


def _tell(request: Request, answer: AddedOut) -> None:
    refused = answer.refused
    if not refused:
        flash.add(request, "success", "Ces dates sont dans votre panier : il reste à le valider.")
        return
    dates = {each.date: each.refusal.reason.rstrip(".") for each in refused}
    listed = [f"{day(when)} ({reason})" for when, reason in list(dates.items())[:LISTED]]
    more = f" et {len(dates) - LISTED} autres dates" if len(dates) > LISTED else ""
    flash.add(request, "warning", f"Certaines dates n’ont pas pu être ajoutées : {', '.join(listed)}{more}.")
