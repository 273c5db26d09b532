"""Sites and activities: list, deadlines with their preview, places of a day."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.reservations import ActivityOut, SlotsOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.activities.deadlines import (
    deadline_from,
    deadline_names,
    deadline_text,
    deadline_values,
)
from preau.gateway.pages.agents.context import AgentContext, ReservationsAgent
from preau.gateway.pages.forms import REFUSED, Form, changes
from preau.gateway.pages.rendering import see_other

router = APIRouter()

WEEKS_SHOWN = 4
WEEKDAYS = tuple("0123456")


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


@router.get("/agent/activites/{activity_id}")
async def read_activity(agent: ReservationsAgent, activity_id: UUID) -> Response:
    """One activity: settings, cut-offs of the coming weeks, places."""
    return await _page(agent, activity_id)


async def _page(
    agent: AgentContext, activity_id: UUID, form: Form | None = None, places: Form | None = None
) -> Response:
    today = agent.today
    span = (str(activity_id), today, today + timedelta(weeks=WEEKS_SHOWN))
    activity, preview, slots = await asyncio.gather(
        agent.reservations.activity(str(activity_id)),
        agent.reservations.deadline_preview(*span),
        agent.reservations.slots(*span),
    )
    used = {slot.date: slot for slot in slots.items}
    return agent.page(
        "activities/record",
        "activities",
        status=422 if form or places else 200,
        activity=activity,
        days=[(day, used.get(day.date)) for day in preview.items],
        default_capacity=slots.default_capacity,
        form=form or Form(_values(activity)),
        places=places or Form({"date": today.isoformat(), "capacity": _capacity_of(today, slots)}),
        deadline_text=deadline_text,
    )


def _capacity_of(day: date, slots: SlotsOut) -> int:
    """The places of a day: its own, else the activity's."""
    return next((slot.capacity for slot in slots.items if slot.date == day), slots.default_capacity)


def _values(activity: ActivityOut) -> dict[str, Any]:
    values: dict[str, Any] = {
        "label": activity.label,
        "default_capacity": activity.default_capacity,
        "decision": activity.decision,
        "cancellation_decision": activity.cancellation_decision,
        "weekdays": [str(day) for day in activity.weekdays],
    }
    values |= deadline_values("booking", activity.booking_deadline)
    return values | deadline_values("cancellation", activity.cancellation_deadline)


@router.post("/agent/activites/{activity_id}")
async def change_activity(agent: ReservationsAgent, activity_id: UUID) -> Response:
    """Change label, weekdays, places and deadlines; the page then shows the cut-offs that follow."""
    form = Form.sent(await agent.request.form(), several=("weekdays",))
    form.require({"label": "Indiquez un nom.", "weekdays": "Choisissez au moins un jour."})
    present = await agent.reservations.activity(str(activity_id))
    body: dict[str, Any] = {
        "label": form.value("label"),
        "decision": form.value("decision"),
        "cancellation_decision": form.value("cancellation_decision"),
        "default_capacity": form.value("default_capacity"),
        "weekdays": [int(day) for day in form.value("weekdays") if day in WEEKDAYS],
    }
    kept = {"booking": present.booking_deadline, "cancellation": present.cancellation_deadline}
    for name, declared in kept.items():
        deadline = deadline_from(name, form, declared)
        if deadline is not None:
            body[f"{name}_deadline"] = deadline
    if form.is_valid:
        changed = changes(body, present)
        try:
            if changed:
                await agent.reservations.change_activity(str(activity_id), changed)
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.refuse(problem, deadline_names("booking") | deadline_names("cancellation"))
        else:
            flash.add(
                agent.request, "success", "C’est enregistré. Les dates limites ci-dessous en découlent."
            )
            return see_other(f"/agent/activites/{activity_id}#limites")
    return await _page(agent, activity_id, form=form)


@router.post("/agent/activites/{activity_id}/places")
async def set_capacity(agent: ReservationsAgent, activity_id: UUID) -> Response:
    """Set the places of one day; never below what is booked."""
    form = Form.sent(await agent.request.form())
    form.require({"date": "Choisissez un jour.", "capacity": "Indiquez un nombre de places."})
    day = form.day("date")
    if form.is_valid and day is not None:
        try:
            slots = await agent.reservations.slots(str(activity_id), day, day)
            if form.value("capacity") != str(_capacity_of(day, slots)):
                body = {"capacity": form.value("capacity")}
                await agent.reservations.set_capacity(str(activity_id), day, body)
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.refuse(problem)
        else:
            flash.add(agent.request, "success", "Les places de ce jour sont enregistrées.")
            return see_other(f"/agent/activites/{activity_id}#places")
    return await _page(agent, activity_id, places=form)


@router.post("/agent/sites")
async def add_site(agent: ReservationsAgent) -> Response:
    """Open a site."""
    form = Form.sent(await agent.request.form())
    form.require({"label": "Indiquez le nom du site."})
    if not form.is_valid:
        return await _list(agent, form)
    try:
        await agent.reservations.add_site({"label": form.value("label")})
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        form.refuse(problem)
        return await _list(agent, form)
    flash.add(agent.request, "success", f"Le site « {form.value('label')} » est ouvert.")
    return see_other("/agent/activites")
