"""Sites and activities: list, deadlines with their preview, places of a day."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.reservations import ActivityOut, ChangePreviewOut, SlotsOut
from preau.gateway.pages import flash
from preau.gateway.pages.agents.activities.deadline_form import deadline_names, deadline_values
from preau.gateway.pages.agents.activities.deadlines import deadline_text
from preau.gateway.pages.agents.activities.forms import SHOWN, ActivityForm, DayPlaces, PlacesForm, SiteForm
from preau.gateway.pages.agents.context import AgentContext, ReservationsAgent
from preau.gateway.pages.agents.workbench.confirming import Shown
from preau.gateway.pages.agents.workbench.editing import Edit, Saving, edited
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.agents.workbench.rows import rows_shown
from preau.gateway.pages.agents.workbench.tabs import Tab, tabs_of
from preau.gateway.pages.forms import Form, Naming, changes
from preau.gateway.pages.input_values import day_of
from preau.gateway.pages.rendering import is_htmx, render_fragments, see_other
from preau.wording.dates import weekday_date
from preau.wording.typography import counted, sentence

router = APIRouter()

WEEKS_SHOWN = 4
DEADLINES = ("booking", "cancellation")
MOST_ROWS = {"windows": 60, "lines": 7}
"""The periods of one deadline, and the lines of its table."""


def names_of(form: Form) -> Naming:
    """The form's field for each name of the service's, in a change and in one that is looked at."""
    sent = {name: name for name in ActivityForm.model_fields}
    sent |= {**deadline_names("booking", form), **deadline_names("cancellation", form)}
    return (sent | {f"change.{name}": field for name, field in sent.items()}).get


@router.get("/agent/activites")
async def list_activities(agent: ReservationsAgent) -> Response:
    """The activities by site."""
    return await _list(agent)


async def _list(agent: AgentContext, site_form: Form | None = None) -> Response:
    sites, activities = await asyncio.gather(agent.reservations.sites(), agent.reservations.activities())
    of_site: dict[str, list[ActivityOut]] = {}
    for site_id, group in groupby(activities.items, key=lambda each: each.site_id):
        of_site.setdefault(site_id, []).extend(group)
    return agent.page(
        "activities/list",
        "activities",
        status=422 if site_form else 200,
        sites=sites.items,
        of_site=of_site,
        deadline_text=deadline_text,
        site_form=site_form or Form(),
    )


TABS = (
    Tab("limits", "Dates limites"),
    Tab("places", "Places", "/places"),
    Tab("settings", "Réglages", "/reglages"),
)


@router.get("/agent/activites/{activity_id}")
async def read_activity(agent: ReservationsAgent, activity_id: UUID) -> Response:
    """One activity: the cut-offs of the coming weeks, and the places taken."""
    today, last = _span(agent)
    preview, slots = await asyncio.gather(
        agent.reservations.deadline_preview(str(activity_id), today, last),
        agent.reservations.slots(str(activity_id), today, last),
    )
    used = {slot.date: slot for slot in slots.items}
    return await _page(
        agent,
        activity_id,
        "limits",
        days=[(day, used.get(day.date)) for day in preview.items],
        default_capacity=slots.default_capacity,
    )


@router.get("/agent/activites/{activity_id}/places")
async def read_places(agent: ReservationsAgent, activity_id: UUID, date: str = "") -> Response:
    """The places of one day, to be changed."""
    return await _places(agent, activity_id, day_of(date))


@router.get("/agent/activites/{activity_id}/reglages")
async def read_settings(agent: ReservationsAgent, activity_id: UUID) -> Response:
    """The settings, to be changed."""
    return await _settings(agent, activity_id)


def _span(agent: AgentContext) -> tuple[date, date]:
    """The days whose cut-offs are shown."""
    return agent.today, agent.today + timedelta(weeks=WEEKS_SHOWN)


async def _page(
    agent: AgentContext, activity_id: UUID, tab: str, wrong: Form | None = None, **context: object
) -> Response:
    """The activity with one of its tabs."""
    activity, changed = await asyncio.gather(
        agent.reservations.activity(str(activity_id)),
        last_change(agent, agent.reservations.changes(str(activity_id))),
    )
    shown = wrong or Form()
    if tab == "settings":
        form = shown if wrong else Form(_values(activity))
        rows = {
            f"{each}.{group}": rows_shown(form, f"{each}.{group}", 1, most)
            for each in DEADLINES
            for group, most in MOST_ROWS.items()
        }
        context = {"form": form, "rows": rows, "most": MOST_ROWS, "looked_at": None, **context}
    return agent.page(
        "activities/record",
        "activities",
        status=shown.status,
        wrong=shown,
        activity=activity,
        changed=changed,
        tabs=tabs_of(agent, TABS, f"/agent/activites/{activity_id}", tab),
        deadline_text=deadline_text,
        **context,
    )


async def _settings(
    agent: AgentContext,
    activity_id: UUID,
    form: Form | None = None,
    looked_at: ChangePreviewOut | None = None,
) -> Response:
    """The settings; ``form`` is what was typed, ``looked_at`` what it would do."""
    items = looked_at.items if looked_at else None
    return await _page(agent, activity_id, "settings", form, looked_at=items)


async def _places(
    agent: AgentContext, activity_id: UUID, day: date | None, form: Form | None = None
) -> Response:
    """The places of a day; ``form`` is what was typed."""
    day = day or agent.today
    slots = await agent.reservations.slots(str(activity_id), day, day)
    return await _page(
        agent,
        activity_id,
        "places",
        form,
        places=form or _places_form(day, slots),
        taken=_taken(day, slots),
    )


def _taken(day: date, slots: SlotsOut) -> str:
    """How many places of the day are taken."""
    used = sum(slot.used for slot in slots.items)
    return f"{sentence(weekday_date(day))} : {counted(used, 'place prise', 'places prises')}"


def _places_form(day: date, slots: SlotsOut) -> Form:
    places = DayPlaces(capacity=_capacity_of(day, slots))
    return Form({"version": places.version, "date": day.isoformat(), "capacity": places.capacity})


def _capacity_of(day: date, slots: SlotsOut) -> int:
    """The places of a day: its own, else the activity's."""
    return next((slot.capacity for slot in slots.items if slot.date == day), slots.default_capacity)


def _values(activity: ActivityOut) -> dict[str, Any]:
    values: dict[str, Any] = {
        "version": activity.version,
        "label": activity.label,
        "default_capacity": activity.default_capacity,
        "decision": activity.decision,
        "cancellation_decision": activity.cancellation_decision,
        "weekdays": [str(day) for day in activity.weekdays],
    }
    values |= deadline_values("booking", activity.booking_deadline)
    return values | deadline_values("cancellation", activity.cancellation_deadline)


@router.post("/agent/activites/{activity_id}/reglages")
async def change_activity(agent: ReservationsAgent, activity_id: UUID) -> Response:
    """Change label, weekdays, places and deadlines; the page then shows the cut-offs that follow."""

    async def read(_: ActivityForm) -> ActivityOut:
        return await agent.reservations.activity(str(activity_id))

    async def told(_: ActivityForm, present: ActivityOut, changed: dict[str, Any]) -> Saving:
        seen = await _looked_at(agent, activity_id, changed)
        return Saving(f"Modifier « {present.label} »", _concerns(seen.places_taken))

    async def save(_: ActivityForm, changed: dict[str, Any], seen: int) -> object:
        return await agent.reservations.change_activity(str(activity_id), changed, seen=seen)

    async def page(form: Form) -> Response:
        return await _settings(agent, activity_id, form)

    edit = Edit(
        tab="activities",
        model=ActivityForm,
        shown=SHOWN,
        read=read,
        body=ActivityForm.body,
        save=save,
        page=page,
        told=told,
        names=names_of,
        journal=lambda: agent.reservations.changes(str(activity_id)),
        done="C’est enregistré. Les dates limites ci-dessous en découlent.",
        to=f"/agent/activites/{activity_id}",
    )
    return await edited(agent, edit)


async def _looked_at(agent: AgentContext, activity_id: UUID, changed: dict[str, Any]) -> ChangePreviewOut:
    first, last = _span(agent)
    body = {"change": changed, "first": first, "last": last}
    return await agent.reservations.preview_change(str(activity_id), body)


def _concerns(places_taken: int) -> str:
    """Whom a change touches."""
    if not places_taken:
        return "Aucune réservation à venir n’est concernée."
    booked = counted(places_taken, "réservation à venir reste", "réservations à venir restent")
    return f"{booked} comme prévu ; les nouvelles suivent ces réglages."


@router.post("/agent/activites/{activity_id}/apercu")
async def look_at_change(agent: ReservationsAgent, activity_id: UUID) -> Response:
    """The cut-offs as the form would make them; nothing is kept."""
    present = await agent.reservations.activity(str(activity_id))
    form, stated = ActivityForm.sent(await agent.request.form())
    seen: ChangePreviewOut | None = None
    if stated is not None:
        with form.refusing(names_of(form)):
            seen = await _looked_at(agent, activity_id, changes(stated.body(present), present))
    if is_htmx(agent.request):
        context: dict[str, object] = {"looked_at": seen.items if seen else None, "form": form}
        return render_fragments(agent.request, ["agents/activities/_looked_at.html"], context)
    return await _settings(agent, activity_id, form, seen)


@router.post("/agent/activites/{activity_id}/places")
async def set_capacity(agent: ReservationsAgent, activity_id: UUID) -> Response:
    """Set the places of one day; never below what is booked."""

    async def read(stated: PlacesForm) -> DayPlaces:
        slots = await agent.reservations.slots(str(activity_id), stated.date, stated.date)
        return DayPlaces(capacity=_capacity_of(stated.date, slots))

    def body(stated: PlacesForm, _: DayPlaces) -> dict[str, Any]:
        return {"capacity": stated.capacity}

    async def save(stated: PlacesForm, changed: dict[str, Any], seen: int) -> object:
        return await agent.reservations.set_capacity(str(activity_id), stated.date, changed, seen=seen)

    async def page(form: Form) -> Response:
        return await _places(agent, activity_id, day_of(form.value("date")), form)

    day = day_of((await agent.request.form()).get("date"))
    edit = Edit(
        tab="activities",
        model=PlacesForm,
        shown={"capacity": Shown("Nombre de places")},
        read=read,
        body=body,
        save=save,
        page=page,
        done=f"Les places du {weekday_date(day or agent.today)} sont enregistrées.",
        to=f"/agent/activites/{activity_id}/places?date={day or agent.today}",
    )
    return await edited(agent, edit)


@router.post("/agent/sites")
async def add_site(agent: ReservationsAgent) -> Response:
    """Open a site."""
    form, stated = SiteForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing():
            await agent.reservations.add_site(stated.model_dump())
            flash.add(agent.request, "success", f"Le site « {stated.label} » est ouvert.")
            return see_other("/agent/activites")
    return await _list(agent, form)
