"""Bookings: the queue to decide, those of a day, and booking for a family."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.datastructures import QueryParams
from starlette.responses import Response

from preau.gateway.api.models.reservations import QueuedBookingOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, ReservationsAgent
from preau.gateway.pages.agents.reservations.listing import BOOKINGS, DECISIONS, TO_DECIDE
from preau.gateway.pages.agents.workbench.listing import Asked, Bulk, Option, Table
from preau.gateway.pages.agents.workbench.pages import table_or_first
from preau.gateway.pages.agents.workbench.selection import NOTHING_CHOSEN, chosen_of, on_each
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()


@router.get("/agent/reservations")
async def list_bookings(agent: ReservationsAgent) -> Response:
    """Bookings by status, day and activity; those that wait for a decision first."""
    asked = BOOKINGS.asked(agent.request.query_params)
    table = await table_or_first(agent, BOOKINGS, await _options(agent), _bulk(asked))
    return table if isinstance(table, Response) else _page(agent, table)


@router.get("/agent/reservations.{kind}")
async def bookings_sheet(agent: ReservationsAgent, kind: SheetKind) -> Response:
    """The same bookings, all of them, for a spreadsheet."""
    return await sheet_response(agent, BOOKINGS, kind)


async def _options(agent: AgentContext) -> dict[str, list[Option]]:
    activities = await agent.reservations.activities()
    return {"activity_id": [(each.activity_id, each.label) for each in activities.items]}


def _bulk(asked: Asked) -> Bulk | None:
    """What can be done with several at once: a decision, where all rows wait for one."""
    return DECISIONS if asked.filters["status"] in TO_DECIDE else None


def _page(
    agent: AgentContext, table: Table[QueuedBookingOut], wrong: Form | None = None, about: str = ""
) -> Response:
    """The list; ``wrong`` is what was typed for the booking ``about`` (or for several) and refused."""
    return agent.page(
        "reservations/list",
        "bookings",
        status=422 if wrong else 200,
        table=table,
        wrong=wrong or Form(),
        about=about,
    )


async def _refused(agent: AgentContext, booking_id: UUID, form: Form, problem: UpstreamProblem) -> Response:
    if problem.status not in REFUSED:
        raise problem
    form.refuse(problem)
    return await _again(agent, form, str(booking_id))


async def _again(agent: AgentContext, form: Form, about: str = "") -> Response:
    """The list that the form stood in, with what was typed and what is wrong with it."""
    asked = BOOKINGS.asked(QueryParams(str(form.value("here")).partition("?")[2]))
    table = await BOOKINGS.table(agent, asked, await _options(agent), _bulk(asked))
    return _page(agent, table, form, about)


@router.post("/agent/reservations/decisions")
async def decide_several(agent: ReservationsAgent) -> Response:
    """Accept or refuse the bookings ticked, with one word to their families."""
    sent = await agent.request.form()
    form = Form.sent(sent)
    if not form.is_valid:
        return await _again(agent, form)
    chosen = chosen_of(sent)
    if not chosen:
        flash.add(agent.request, "warning", NOTHING_CHOSEN)
        return see_other(_back(form))
    accepted = form.value("decision") == "accept"
    body = {"decision": "accept" if accepted else "refuse", "message": form.value("message")}

    async def decide_one(booking_id: UUID) -> None:
        await agent.reservations.decide_booking(str(booking_id), body)

    outcome = await on_each(chosen, decide_one)
    done = outcome.sentence(
        ("acceptée", "acceptées") if accepted else ("refusée", "refusées"), "Les familles sont prévenues."
    )
    flash.add(agent.request, outcome.kind, done)
    return see_other(_back(form))


@router.post("/agent/reservations/{booking_id}/decision")
async def decide(agent: ReservationsAgent, booking_id: UUID) -> Response:
    """Accept or refuse a booking or a cancellation, with a word to the family."""
    form = Form.sent(await agent.request.form())
    if not form.is_valid:
        return await _again(agent, form, str(booking_id))
    accepted = form.value("decision") == "accept"
    body = {"decision": "accept" if accepted else "refuse", "message": form.value("message")}
    try:
        await agent.reservations.decide_booking(str(booking_id), body)
        flash.add(agent.request, "success", "Acceptée." if accepted else "Refusée. La famille est prévenue.")
    except UpstreamProblem as problem:
        return await _refused(agent, booking_id, form, problem)
    return see_other(_back(form))


@router.post("/agent/reservations/{booking_id}/annulation")
async def cancel(agent: ReservationsAgent, booking_id: UUID) -> Response:
    """Cancel for the family."""
    form = Form.sent(await agent.request.form())
    if not form.is_valid:
        return await _again(agent, form, str(booking_id))
    try:
        body = {"message": form.value("message")}
        await agent.reservations.cancel_booking(str(booking_id), body)
        flash.add(agent.request, "success", "La réservation est annulée.")
    except UpstreamProblem as problem:
        return await _refused(agent, booking_id, form, problem)
    return see_other(_back(form))


def _back(form: Form) -> str:
    here = form.value("here")
    return here if here.partition("?")[0] == BOOKINGS.path else BOOKINGS.path


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
            await agent.reservations.book(body, key=form.value("key") or str(uuid4()))
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
        agent.identity.family(str(family_id)), agent.reservations.activities()
    )
    return agent.page(
        "reservations/new",
        "bookings",
        status=status,
        household=family,
        activities=[each for each in activities.items if each.status == "active"],
        form=form,
    )
