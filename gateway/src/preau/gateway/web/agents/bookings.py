"""Bookings: the queue to decide, those of a day, and booking for a family."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.web import flash
from preau.gateway.web.agents.office import Office, Reservations
from preau.gateway.web.forms import Form
from preau.gateway.web.rendering import see_other

router = APIRouter()


@router.get("/agent/reservations")
async def list_bookings(
    office: Reservations, status: str = "requested", date: str = "", activity_id: str = "", cursor: str = ""
) -> Response:
    """Bookings by status, day and activity; those that wait for a decision first."""
    filters = Form({"status": status, "date": date, "activity_id": activity_id})
    try:
        found, activities = await asyncio.gather(
            office.get(
                "reservations",
                "/bookings",
                status="" if status == "all" else status,
                date=date,
                activity_id=activity_id,
                cursor=cursor,
            ),
            office.get("reservations", "/activities"),
        )
    except UpstreamProblem as problem:
        if problem.status != 422:
            raise
        flash.tell(office.request, "warning", "Ce filtre n’est pas valide : il a été retiré.")
        return see_other("/agent/reservations")
    return office.page(
        "bookings/list",
        "bookings",
        found=found,
        form=filters,
        activities=activities["items"],
        next_url=office.next_url(found),
        here=str(office.request.url.path)
        + (f"?{office.request.url.query}" if office.request.url.query else ""),
    )


@router.post("/agent/reservations/{booking_id}/decision")
async def decide(office: Reservations, booking_id: UUID) -> Response:
    """Accept or refuse a booking or a cancellation, with a word to the family."""
    form = Form.sent(await office.request.form())
    accepted = form.value("decision") == "accept"
    body = {"decision": "accept" if accepted else "refuse", "message": form.value("message")}
    try:
        await office.post("reservations", f"/bookings/{booking_id}/decision", body)
        flash.tell(
            office.request, "success", "Acceptée." if accepted else "Refusée. La famille est prévenue."
        )
    except UpstreamProblem as problem:
        _tell(office, problem)
    return see_other(_back(form))


@router.post("/agent/reservations/{booking_id}/annulation")
async def cancel(office: Reservations, booking_id: UUID) -> Response:
    """Cancel for the family."""
    form = Form.sent(await office.request.form())
    try:
        body = {"message": form.value("message")}
        await office.post("reservations", f"/bookings/{booking_id}/cancellation", body)
        flash.tell(office.request, "success", "La réservation est annulée.")
    except UpstreamProblem as problem:
        _tell(office, problem)
    return see_other(_back(form))


def _tell(office: Office, problem: UpstreamProblem) -> None:
    if problem.status not in {404, 409, 422}:
        raise problem
    flash.tell(office.request, "error", problem.detail or "Ce n’est pas possible.")


def _back(form: Form) -> str:
    here = form.value("here")
    return here if here.startswith("/agent/reservations") else "/agent/reservations"


@router.get("/agent/familles/{family_id}/reserver")
async def booking_page(office: Reservations, family_id: UUID) -> Response:
    """Book for a child of the family."""
    return await _booking(office, family_id, Form({"key": str(uuid4())}))


@router.post("/agent/familles/{family_id}/reserver")
async def book(office: Reservations, family_id: UUID) -> Response:
    """Book, past the deadline or in the past with a reason."""
    form = Form.sent(await office.request.form())
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
            await office.post("reservations", "/bookings", body, key=form.value("key") or str(uuid4()))
        except UpstreamProblem as problem:
            if problem.status not in {404, 409, 422}:
                raise
            form.refuse(problem)
            form.values["key"] = str(uuid4())
        else:
            flash.tell(office.request, "success", "La réservation est faite.")
            return see_other(f"/agent/familles/{family_id}")
    return await _booking(office, family_id, form, status=422)


async def _booking(office: Office, family_id: UUID, form: Form, status: int = 200) -> Response:
    family, activities = await asyncio.gather(
        office.get("identity", f"/families/{family_id}"), office.get("reservations", "/activities")
    )
    return office.page(
        "bookings/new",
        "bookings",
        status=status,
        household=family,
        activities=[each for each in activities["items"] if each["status"] == "active"],
        form=form,
    )
