"""Places of an activity, day by day, for agents."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from preau.common.audit import record_change
from preau.common.errors import Conflict, FieldErrors, NotFound
from preau.common.http.permissions import AnyAgent, ReservationsAgent
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.seen_version import SeenVersion, refuse_if_changed
from preau.common.http.unit_of_work import Transaction
from preau.reservations.catalogue import repository as activities
from preau.reservations.fields import Day
from preau.reservations.slots import repository as slots

router = APIRouter(tags=["slots"], prefix="/agent/activities/{activity_id}/slots")
MOST_DAYS = 400


class CapacityBelowUsed(Conflict):
    """More places are booked than the capacity asked for."""

    type, title = "capacity-below-used", "Capacité inférieure aux réservations"


class CapacityIn(RequestModel):
    """The capacity of one day."""

    capacity: int = Field(ge=0, le=100_000)


class SlotOut(ResponseModel):
    """The places of one day."""

    date: dt.date
    capacity: int
    used: int


class SlotsOut(ResponseModel):
    """The days that have a slot: booked at least once, or set by an agent."""

    default_capacity: int
    items: list[SlotOut]


@router.get("")
async def list_slots(
    agent: AnyAgent,
    session: Transaction,
    activity_id: UUID,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
) -> SlotsOut:
    """The places in a range of days (400 at most), both ends included."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise FieldErrors({"to": f"La période va d’un jour à {MOST_DAYS} jours."})
    activity = (await activities.activities(session, {activity_id})).get(activity_id)
    if activity is None:
        raise NotFound("Cette prestation n’existe pas.")
    found = await slots.places(session, {activity_id}, first, last)
    return SlotsOut(
        default_capacity=activity.default_capacity,
        items=[
            SlotOut(date=day, capacity=places.capacity, used=places.used)
            for (_, day), places in sorted(found.items())
        ],
    )


@router.put("/{day}")
async def set_capacity(
    agent: ReservationsAgent,
    session: Transaction,
    activity_id: UUID,
    day: Day,
    body: CapacityIn,
    seen: SeenVersion,
) -> SlotOut:
    """Set the capacity of one day; never below what is booked.

    A day's version is its capacity, that of the activity where nobody set one: bookings do not change it.
    """
    activity = (await activities.activities(session, {activity_id})).get(activity_id)
    if activity is None:
        raise NotFound("Cette prestation n’existe pas.")
    key = activity_id, day
    slot_ids = await slots.ensure(session, agent.commune_id, {key: activity.default_capacity})
    before = await slots.lock(session, slot_ids[key])
    refuse_if_changed(seen, before)
    places = await slots.set_capacity(session, slot_ids[key], body.capacity)
    if places is None:
        raise CapacityBelowUsed("Il y a déjà plus de réservations que cela ce jour-là.")
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="slot.capacity_set",
        entity_id=slot_ids[key],
        before={"capacity": before},
        after={"activity_id": activity_id, "date": day, "capacity": body.capacity},
    )
    return SlotOut(date=day, capacity=places.capacity, used=places.used)
