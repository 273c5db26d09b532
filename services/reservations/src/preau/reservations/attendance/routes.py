"""The list of the day and its marks, for agents."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import RowMapping

from preau.common.errors import FieldErrors
from preau.common.http.permissions import AttendanceAgent
from preau.common.http.unit_of_work import Transaction
from preau.reservations.attendance import repository, service
from preau.reservations.attendance.schemas import (
    ListedChildOut,
    ListOut,
    MarkedOut,
    MarksIn,
    NotMarkedOut,
)
from preau.reservations.fields import Day

router = APIRouter(tags=["attendance"], prefix="/agent/attendance")


@router.get("")
async def read_list(
    agent: AttendanceAgent,
    session: Transaction,
    day: Annotated[Day, Query(alias="date")],
    site_id: UUID | None = None,
    activity_id: UUID | None = None,
) -> ListOut:
    """Who is expected at a site or for an activity on a day, with class and diet."""
    if site_id is None and activity_id is None:
        raise FieldErrors({"site_id": "Choisissez un service ou une prestation."})
    rows = await repository.of_day(session, day, site_id=site_id, activity_id=activity_id)
    return ListOut(items=_listed(rows))


@router.post("")
async def mark(agent: AttendanceAgent, session: Transaction, body: MarksIn) -> MarkedOut:
    """Mark children present or absent, not for days to come; may be sent again.

    A booking that was cancelled meanwhile is named in ``not_marked``, the others are marked. A cancellation
    that was asked for and not decided is decided by the mark.
    """
    refused = await service.mark(session, agent, body.marks)
    rows = await repository.of_bookings(session, {one.booking_id for one in body.marks})
    names = await repository.children_of(session, [one.booking_id for one in refused])
    return MarkedOut(
        items=_listed(rows),
        not_marked=[
            NotMarkedOut(booking_id=one.booking_id, child=names.get(one.booking_id, ""), status=one.status)
            for one in refused
        ],
    )


def _listed(rows: Sequence[RowMapping]) -> list[ListedChildOut]:
    return [
        ListedChildOut(
            booking_id=row["booking_id"],
            family_id=row["family_id"],
            child_id=row["child_id"],
            child=f"{row['first_name'] or ''} {row['last_name'] or ''}".strip(),
            activity_id=row["activity_id"],
            activity_label=row["activity_label"],
            class_name=row["class_name"] or "",
            level=row["level"] or "",
            diet=row["diet"] or "",
            status=row["status"],
            version=row["version"],
            justified=row["justified"],
            units=row["units"],
        )
        for row in rows
    ]
