"""Bookings: the queue to decide, those of a day, and booking for a family."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.datastructures import QueryParams
from starlette.responses import Response

from preau.gateway.api.models.identity import FamilyOut
from preau.gateway.api.models.reservations import QueuedBookingOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, ReservationsAgent
from preau.gateway.pages.agents.reservations.forms import BookingForm, DecisionForm, MessageForm
from preau.gateway.pages.agents.reservations.listing import BOOKINGS, DECISIONS, TO_DECIDE
from preau.gateway.pages.agents.workbench.listing import Asked, Bulk, Option, Table
from preau.gateway.pages.agents.workbench.pages import table_or_first
from preau.gateway.pages.agents.workbench.selection import NOTHING_CHOSEN, chosen_of, on_each
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.forms import Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()


@router.get("/agent/reservations")
async def list_bookings(agent: ReservationsAgent) -> Response:
    """Bookings by status, day and activity; those that wait for a decision first."""
    asked = BOOKINGS.asked(agent.request.query_params)
    table = await table_or_first(agent, BOOKINGS, await _options(agent, asked), _bulk(asked))
    return table if isinstance(table, Response) else _page(agent, table)


@router.get("/agent/reservations.{kind}")
async def bookings_sheet(agent: ReservationsAgent, kind: SheetKind) -> Response:
    """The same bookings, all of them, for a spreadsheet."""
    return await sheet_response(agent, BOOKINGS, kind)


async def _options(agent: AgentContext, asked: Asked) -> dict[str, list[Option]]:
    """The choices of the filters: the activities and, of one family alone, its children."""
    activities, family = await asyncio.gather(
        agent.reservations.activities(), _family(agent, asked.filters["family_id"])
    )
    options: dict[str, list[Option]] = {
        "activity_id": [(each.activity_id, each.label) for each in activities.items]
    }
    if family is not None:
        options["family_id"] = [(family.family_id, family.label)]
        options["child_id"] = [
            (child.child_id, f"{child.first_name} {child.last_name}") for child in family.children
        ]
    return options


async def _family(agent: AgentContext, family_id: str) -> FamilyOut | None:
    """The family that the address names, None when it names none that is there."""
    if not family_id:
        return None
    try:
        return await agent.identity.family(family_id)
    except UpstreamProblem as problem:
        if problem.status in (404, 422):
            return None
        raise


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


async def _again(agent: AgentContext, form: Form, about: str = "") -> Response:
    """The list that the form stood in, with what was typed and what is wrong with it."""
    asked = BOOKINGS.asked(QueryParams(str(form.value("here")).partition("?")[2]))
    table = await BOOKINGS.table(agent, asked, await _options(agent, asked), _bulk(asked))
    return _page(agent, table, form, about)


@router.post("/agent/reservations/decisions")
async def decide_several(agent: ReservationsAgent) -> Response:
    """Accept or refuse the bookings ticked, with one word to their families."""
    sent = await agent.request.form()
    form, stated = DecisionForm.sent(sent)
    if stated is None:
        return await _again(agent, form)
    chosen = chosen_of(sent)
    if not chosen:
        flash.add(agent.request, "warning", NOTHING_CHOSEN)
        return see_other(_back(form))
    body = stated.body()

    async def decide_one(booking_id: UUID) -> None:
        await agent.reservations.decide_booking(str(booking_id), body)

    outcome = await on_each(chosen, decide_one)
    done = outcome.sentence(
        ("acceptée", "acceptées") if stated.accepted else ("refusée", "refusées"),
        "Les familles sont prévenues.",
    )
    flash.add(agent.request, outcome.kind, done)
    return see_other(_back(form))


@router.post("/agent/reservations/{booking_id}/decision")
async def decide(agent: ReservationsAgent, booking_id: UUID) -> Response:
    """Accept or refuse a booking or a cancellation, with a word to the family."""
    form, stated = DecisionForm.sent(await agent.request.form())
    if stated is None:
        return await _again(agent, form, str(booking_id))
    with form.refusing():
        await agent.reservations.decide_booking(str(booking_id), stated.body())
        done = "Acceptée." if stated.accepted else "Refusée. La famille est prévenue."
        flash.add(agent.request, "success", done)
        return see_other(_back(form))
    return await _again(agent, form, str(booking_id))


@router.post("/agent/reservations/{booking_id}/annulation")
async def cancel(agent: ReservationsAgent, booking_id: UUID) -> Response:
    """Cancel for the family."""
    form, stated = MessageForm.sent(await agent.request.form())
    if stated is None:
        return await _again(agent, form, str(booking_id))
    with form.refusing():
        await agent.reservations.cancel_booking(str(booking_id), {"message": stated.message})
        flash.add(agent.request, "success", "La réservation est annulée.")
        return see_other(_back(form))
    return await _again(agent, form, str(booking_id))


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
    form, stated = BookingForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing():
            body = {"family_id": str(family_id), **stated.model_dump(exclude={"key"})}
            await agent.reservations.book(body, key=stated.key or str(uuid4()))
            flash.add(agent.request, "success", "La réservation est faite.")
            return see_other(f"/agent/familles/{family_id}/reservations")
        form.values["key"] = str(uuid4())
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
