"""The closures that agents enter."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from preau.common.audit import record_change
from preau.common.errors import FieldErrors, NotFound
from preau.common.http.permissions import AnyAgent, ReservationsAgent
from preau.common.http.unit_of_work import Transaction
from preau.common.ids import new_id
from preau.reservations.calendars import repository as calendars
from preau.reservations.calendars.published import school_holidays_are_published
from preau.reservations.catalogue import site_repository as sites
from preau.reservations.catalogue.closure_schemas import ClosureIn, ClosureOut, ClosuresOut
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
    rows = await calendars.closures(session, since)
    return ClosuresOut(
        items=[ClosureOut.model_validate(row) for row in rows],
        school_zone=zone,
        school_holidays_are_published=school_holidays_are_published(zone, since),
    )


@router.post("", status_code=201)
async def add_closure(agent: ReservationsAgent, session: Transaction, body: ClosureIn) -> ClosureOut:
    """Close days. Bookings that exist stay: the agent cancels them."""
    if body.site_id is not None and await sites.site(session, body.site_id) is None:
        raise FieldErrors({"site_id": "Ce service n’existe pas."})
    values = {"closure_id": new_id(), **body.model_dump()}
    await calendars.add_closure(session, values | {"commune_id": agent.commune_id})
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="closure.added",
        entity_id=values["closure_id"],
        after=body.model_dump(mode="json"),
    )
    return ClosureOut.model_validate(values)


@router.delete("/{closure_id}", status_code=204)
async def remove_closure(agent: ReservationsAgent, session: Transaction, closure_id: UUID) -> None:
    """Open the days again."""
    if not await calendars.remove_closure(session, closure_id):
        raise NotFound("Cette fermeture n’existe pas.")
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="closure.removed",
        entity_id=closure_id,
    )
