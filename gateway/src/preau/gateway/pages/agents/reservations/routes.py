"""Bookings: the queue to decide, those of a day, and booking for a family."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlencode
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, ReservationsAgent, next_url
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()

LIST = "/agent/reservations"
FILTERS = ("status", "date", "activity_id", "cursor")


@router.get("/agent/reservations")
async def list_bookings(
    agent: ReservationsAgent,
    status: str = "requested",
    date: str = "",
    activity_id: str = "",
    cursor: str = "",
) -> Response:
    """Bookings by status, day and activity; those that wait for a decision first."""
    filters = {"status": status, "date": date, "activity_id": activity_id, "cursor": cursor}
    try:
        return await _list(agent, filters)
    except UpstreamProblem as problem:
        if problem.status != 422:
            raise
        flash.add(agent.request, "warning", "Ce filtre n’est pas valide : il a été retiré.")
        return see_other("/agent/reservations")


async def _list(
    agent: AgentContext, filters: dict[str, str], wrong: Form | None = None, about: str = ""
) -> Response:
    """The list; ``wrong`` is what was typed for the booking ``about`` and refused."""
    status = filters.get("status", "requested")
    asked = {**filters, "status": "" if status == "all" else status}
    found, activities = await asyncio.gather(
        agent.get("reservations", "/bookings", **asked), agent.get("reservations", "/activities")
    )
    return agent.page(
        "reservations/list",
        "bookings",
        status=422 if wrong else 200,
        found=found,
        form=Form({**filters, "status": status}),
        activities=activities["items"],
        next_url=next_url(LIST, filters, found),
        here=f"{LIST}?{urlencode({name: text for name, text in filters.items() if text})}",
        wrong=wrong or Form(),
        about=about,
    )


async def _refused(agent: AgentContext, booking_id: UUID, form: Form, problem: UpstreamProblem) -> Response:
    if problem.status not in REFUSED:
        raise problem
    form.refuse(problem)
    return await _again(agent, booking_id, form)


async def _again(agent: AgentContext, booking_id: UUID, form: Form) -> Response:
    """The list that the form stood in, with what was typed and what is wrong with it."""
    query = parse_qs(str(form.value("here")).partition("?")[2])
    filters = {name: query[name][-1] for name in FILTERS if name in query}
    return await _list(agent, filters, form, str(booking_id))


@router.post("/agent/reservations/{booking_id}/decision")
async def decide(agent: ReservationsAgent, booking_id: UUID) -> Response:
    """Accept or refuse a booking or a cancellation, with a word to the family."""
    form = Form.sent(await agent.request.form())
    if not form.is_valid:
        return await _again(agent, booking_id, form)
    accepted = form.value("decision") == "accept"
    body = {"decision": "accept" if accepted else "refuse", "message": form.value("message")}
    try:
        await agent.post("reservations", f"/bookings/{booking_id}/decision", body)
        flash.add(agent.request, "success", "Acceptée." if accepted else "Refusée. La famille est prévenue.")
    except UpstreamProblem as problem:
        return await _refused(agent, booking_id, form, problem)
    return see_other(_back(form))


@router.post("/agent/reservations/{booking_id}/annulation")
async def cancel(agent: ReservationsAgent, booking_id: UUID) -> Response:
    """Cancel for the family."""
    form = Form.sent(await agent.request.form())
    if not form.is_valid:
        return await _again(agent, booking_id, form)
    try:
        body = {"message": form.value("message")}
        await agent.post("reservations", f"/bookings/{booking_id}/cancellation", body)
        flash.add(agent.request, "success", "La réservation est annulée.")
    except UpstreamProblem as problem:
        return await _refused(agent, booking_id, form, problem)
    return see_other(_back(form))


def _back(form: Form) -> str:
    here = form.value("here")
    return here if here.startswith(LIST) else LIST


@router.get("/agent/familles/{family_id}/reserver")
async def booking_page(agent: ReservationsAgent, family_id: UUID) -> Response:
    """Book for a child of the family."""
    return await _booking(agent, family_id, Form({"key": str(uuid4())}))


@router.post("/agent/familles/{family_id}/reserver")
async def book(agent: ReservationsAgent, family_id: UUID) -> Response:
    """Book, past the deadline or in the past with a reason."""
    form = Form.sent(await agent.request.form())
    form.require(
        {
            "child_id": "Choisissez un enfant.",
            "activity_id": "Choisissez une prestation.",
            "date": "Choisissez un jour.",
        }
    )
    if form.value("override_deadline") and not form.value("reason"):
        form.errors["reason"] = "Une dérogation demande un motif."
    if form.is_valid:
        body = {
            "family_id": str(family_id),
            **{name: form.value(name) for name in ("child_id", "activity_id", "date", "reason")},
            "override_deadline": bool(form.value("override_deadline")),
        }
        try:
            await agent.post("reservations", "/bookings", body, key=form.value("key") or str(uuid4()))
        except UpstreamProblem as problem:
            if problem.status not in REFUSED:
                raise
            form.refuse(problem)
            form.values["key"] = str(uuid4())
        else:
            flash.add(agent.request, "success", "La réservation est faite.")
            return see_other(f"/agent/familles/{family_id}")
    return await _booking(agent, family_id, form, status=422)


async def _booking(agent: AgentContext, family_id: UUID, form: Form, status: int = 200) -> Response:
    family, activities = await asyncio.gather(
        agent.get("identity", f"/families/{family_id}"), agent.get("reservations", "/activities")
    )
    return agent.page(
        "reservations/new",
        "bookings",
        status=status,
        household=family,
        activities=[each for each in activities["items"] if each["status"] == "active"],
        form=form,
    )
