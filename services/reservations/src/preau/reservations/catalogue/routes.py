"""Activities, configured by agents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from preau.common.http.permissions import AnyAgent, ReservationsAgent
from preau.common.http.seen_version import SeenVersion
from preau.common.http.unit_of_work import Transaction
from preau.reservations.catalogue import repository, service
from preau.reservations.catalogue.schemas import (
    ActivitiesOut,
    ActivityIn,
    ActivityOut,
    ActivityPatch,
    ChangePreviewIn,
    ChangePreviewOut,
    DeadlinePreviewOut,
)
from preau.reservations.fields import Day

router = APIRouter(tags=["activities"], prefix="/agent/activities")


@router.get("")
async def list_activities(agent: AnyAgent, session: Transaction) -> ActivitiesOut:
    """All activities of the commune."""
    rows = await repository.all_rows(session)
    return ActivitiesOut(items=[ActivityOut.of(listed) for listed in rows])


@router.post("", status_code=201)
async def add_activity(agent: ReservationsAgent, session: Transaction, body: ActivityIn) -> ActivityOut:
    """Open an activity."""
    return await service.add(session, agent, body)


@router.get("/{activity_id}")
async def read_activity(agent: AnyAgent, session: Transaction, activity_id: UUID) -> ActivityOut:
    """One activity."""
    return await service.read(session, activity_id)


@router.patch("/{activity_id}")
async def change_activity(
    agent: ReservationsAgent,
    session: Transaction,
    activity_id: UUID,
    body: ActivityPatch,
    seen: SeenVersion,
) -> ActivityOut:
    """Change an activity."""
    return await service.change(session, agent, activity_id, body, seen=seen)


@router.post("/{activity_id}/change-preview")
async def preview_change(
    agent: ReservationsAgent, session: Transaction, activity_id: UUID, body: ChangePreviewIn
) -> ChangePreviewOut:
    """What a change would do, refused like the change itself; nothing is written."""
    return await service.change_preview(session, agent.commune_id, activity_id, body)


@router.get("/{activity_id}/deadline-preview")
async def preview_deadlines(
    agent: AnyAgent,
    session: Transaction,
    activity_id: UUID,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
) -> DeadlinePreviewOut:
    """Until when the coming days can be booked and cancelled."""
    return await service.deadline_preview(session, agent.commune_id, activity_id, first, last)
