"""Réserver sur une période: dates, weekdays, activities and children in one go."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.pages import flash
from preau.gateway.pages.form_fields import Day, Needed, not_before
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import Form
from preau.gateway.pages.parents.context import FamilyParent, ParentContext
from preau.gateway.pages.parents.reservations.picture import refused_in_words
from preau.gateway.pages.rendering import see_other

router = APIRouter()
TEMPLATE = "parents/reservations/period.html"
WEEKDAYS = ["Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche"]
NAMES = {
    "child_ids": "enfants",
    "activity_ids": "prestations",
    "weekdays": "jours",
    "from": "du",
    "to": "au",
    "body": "au",
}


class PeriodForm(FormModel):
    """Days of the week between two dates, for children and activities."""

    site: str = ""
    enfants: Annotated[list[str], Field(title="Enfants"), Needed("Choisissez au moins un enfant.")]
    prestations: Annotated[
        list[str], Field(title="Prestations"), Needed("Choisissez au moins une prestation.")
    ]
    jours: Annotated[
        list[Literal["0", "1", "2", "3", "4", "5", "6"]],
        Field(title="Jours de la semaine"),
        Needed("Choisissez au moins un jour de la semaine."),
    ]
    du: Annotated[Day, Field(title="Du"), Needed("Indiquez la date de début.")]
    au: Annotated[
        Day,
        Field(title="Au"),
        Needed("Indiquez la date de fin."),
        not_before("du", "La date de fin doit suivre celle de début."),
    ]
    action: Literal["book", "cancel"] = "book"

    def body(self) -> dict[str, object]:
        """The period as the service takes it."""
        return {
            "site_id": self.site,
            "child_ids": self.enfants,
            "activity_ids": self.prestations,
            "from": self.du,
            "to": self.au,
            "weekdays": [int(each) for each in self.jours],
            "action": self.action,
        }


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
    form, stated = PeriodForm.sent(await request.form())
    if stated is not None:
        with form.refusing(NAMES.get):
            answer = await parent.reservations.add_period(stated.body())
            refusal = refused_in_words(answer.refused)
            done = "Ces dates sont dans votre panier : il reste à le valider."
            flash.add(request, "warning" if refusal else "success", refusal or done)
            return see_other("/reservations/panier")
    return await _page(parent, form, form.value("site"), status=422)
