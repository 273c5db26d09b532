"""The closures that agents enter."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from preau.common.http.permissions import AnyAgent, ReservationsAgent
from preau.common.http.unit_of_work import Transaction
from preau.reservations.calendars.published import school_holidays_are_published
from preau.reservations.closures import repository, service
from preau.reservations.closures.schemas import ClosureIn, ClosureOut, ClosuresOut, ConcernedOut
from preau.reservations.copies import repository as copies
from preau.reservations.fields import Day

router = APIRouter(tags=["calendars"], prefix="/agent/closures")


@router.get("")
async def list_closures(
    agent: AnyAgent, session: Transaction, since: Annotated[Day | None, Query(alias="from")] = None
) -> ClosuresOut:
    """What agents entered, from a day on (by default from today)."""
    commune = await copies.commune(session, agent.commune_id)
    zone = commune.school_zone if commune else ""
    since = since or await copies.today(session, agent.commune_id)
    return ClosuresOut(
        items=[ClosureOut.of(record) for record in await repository.closures(session, since)],
        school_zone=zone,
        school_holidays_are_published=school_holidays_are_published(zone, since),
    )


@router.post("/preview")
async def preview(agent: ReservationsAgent, session: Transaction, body: ClosureIn) -> ConcernedOut:
    """What a closure would free; nothing is written."""
    return ConcernedOut.model_validate(await service.concerned(session, body))


@router.post("", status_code=201)
async def add_closure(agent: ReservationsAgent, session: Transaction, body: ClosureIn) -> ClosureOut:
    """Close days. What is booked on them and nobody marked is freed, and each family told once."""
    return await service.add(session, agent, body)


@router.delete("/{closure_id}", status_code=204)
async def remove_closure(agent: ReservationsAgent, session: Transaction, closure_id: UUID) -> None:
    """Open the days again; bookings that were freed do not come back."""
    await service.remove(session, agent, closure_id)
