"""The parent's calendar; the closures that agents enter."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from preau.common.audit import record_change
from preau.common.errors import FieldErrors, NotFound
from preau.common.http.access import AgentAccess, AgentMay, Family
from preau.common.ids import new_id
from preau.reservations.calendars import repository
from preau.reservations.calendars.published import school_holidays_are_published
from preau.reservations.calendars.schemas import CalendarOut, ClosureIn, ClosureOut, ClosuresOut
from preau.reservations.calendars.service import calendar_of_child
from preau.reservations.calendars.tables import ClosureRow
from preau.reservations.copies import repository as copies
from preau.reservations.fields import Day
from preau.reservations.sites import repository as sites

router = APIRouter(tags=["calendars"])


@router.get("/parent/families/{family_id}/calendar")
async def read_calendar(
    family: Family,
    site_id: UUID,
    child_id: UUID,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
) -> CalendarOut:
    """A child's days at a site, at most 62: what is booked, what can be, and why not."""
    return await calendar_of_child(family, site_id=site_id, child_id=child_id, first=first, last=last)


@router.get("/agent/closures")
async def list_closures(
    agent: Annotated[AgentAccess, AgentMay()], since: Annotated[Day | None, Query(alias="from")] = None
) -> ClosuresOut:
    """What agents entered, from a day on (by default from today)."""
    today = datetime.now(UTC).date()
    commune = await copies.commune(agent.session, agent.commune_id)
    zone = commune.school_zone if commune else ""
    rows = await repository.closures(agent.session, since or today)
    return ClosuresOut(
        items=[ClosureOut.model_validate(row) for row in rows],
        school_zone=zone,
        school_holidays_are_published=school_holidays_are_published(zone, (since or today).year),
    )


@router.post("/agent/closures", status_code=201)
async def add_closure(agent: Annotated[AgentAccess, AgentMay("reservations")], body: ClosureIn) -> ClosureOut:
    """Close days. Bookings that exist stay: the agent cancels them."""
    if body.site_id is not None and await sites.site(agent.session, body.site_id) is None:
        raise FieldErrors({"site_id": "Ce service n’existe pas."})
    row = ClosureRow(closure_id=new_id(), commune_id=agent.commune_id, **body.model_dump())
    await repository.add_closure(agent.session, row)
    await record_change(
        agent.session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="closure.added",
        entity_id=row.closure_id,
        after=body.model_dump(mode="json"),
    )
    return ClosureOut.model_validate(row)


@router.delete("/agent/closures/{closure_id}", status_code=204)
async def remove_closure(agent: Annotated[AgentAccess, AgentMay("reservations")], closure_id: UUID) -> None:
    """Open the days again."""
    if not await repository.remove_closure(agent.session, closure_id):
        raise NotFound("Cette fermeture n’existe pas.")
    await record_change(
        agent.session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="closure.removed",
        entity_id=closure_id,
    )
