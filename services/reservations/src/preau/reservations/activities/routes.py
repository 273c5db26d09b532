"""Activities, configured by agents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from preau.common.http.access import AgentAccess, AgentMay
from preau.reservations.activities import repository, service
from preau.reservations.activities.schemas import (
    ActivitiesOut,
    ActivityIn,
    ActivityOut,
    ActivityPatch,
    DeadlinePreviewOut,
)
from preau.reservations.fields import Day

router = APIRouter(tags=["activities"], prefix="/agent/activities")

Reader = Annotated[AgentAccess, AgentMay()]
Configurer = Annotated[AgentAccess, AgentMay("reservations")]


@router.get("")
async def list_activities(agent: Reader) -> ActivitiesOut:
    """All activities of the commune."""
    rows = await repository.all_rows(agent.session)
    return ActivitiesOut(items=[ActivityOut.model_validate(row) for row, _ in rows])


@router.post("", status_code=201)
async def add_activity(agent: Configurer, body: ActivityIn) -> ActivityOut:
    """Open an activity."""
    return await service.add(agent, body)


@router.get("/{activity_id}")
async def read_activity(agent: Reader, activity_id: UUID) -> ActivityOut:
    """One activity."""
    return await service.read(agent.session, activity_id)


@router.patch("/{activity_id}")
async def change_activity(agent: Configurer, activity_id: UUID, body: ActivityPatch) -> ActivityOut:
    """Change an activity."""
    return await service.change(agent, activity_id, body)


@router.get("/{activity_id}/deadline-preview")
async def preview_deadlines(
    agent: Reader,
    activity_id: UUID,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
) -> DeadlinePreviewOut:
    """Until when the coming days can be booked and cancelled."""
    return await service.deadline_preview(agent, activity_id, first, last)
