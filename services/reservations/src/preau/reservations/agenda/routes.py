"""The parent's calendar."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from preau.common.http.permissions import Family
from preau.common.http.unit_of_work import Transaction
from preau.reservations.agenda import service
from preau.reservations.agenda.schemas import CalendarOut
from preau.reservations.fields import Day

router = APIRouter(tags=["calendars"], prefix="/parent/families/{family_id}/calendar")


@router.get("")
async def read_calendar(
    family: Family,
    session: Transaction,
    site_id: UUID,
    child_id: UUID,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
) -> CalendarOut:
    """A child's days at a site, at most 62: what is booked, what can be, and why not."""
    return await service.calendar_of_child(
        session, family, site_id=site_id, child_id=child_id, first=first, last=last
    )
