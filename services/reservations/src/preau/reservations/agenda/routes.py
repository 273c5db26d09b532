"""The parent's calendar."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from preau.common.http.answers import as_json
from preau.common.http.permissions import Family
from preau.common.http.unit_of_work import Work
from preau.reservations.agenda import ahead, service
from preau.reservations.agenda.schemas import AgendaOut, AheadOut, CalendarOut, ComingDeadlinesOut
from preau.reservations.agenda.service import Wanted
from preau.reservations.catalogue.offer import Offers
from preau.reservations.fields import Day

router = APIRouter(tags=["calendars"], prefix="/parent/families/{family_id}")


@router.get("/calendar", response_model=CalendarOut)
async def read_calendar(
    family: Family,
    work: Work,
    offers: Offers,
    site_id: UUID,
    child_id: UUID,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
) -> Response:
    """A child's days at a site, at most 62: what is booked, what can be, and why not."""
    wanted = Wanted([site_id], [child_id], first, last)
    return as_json(await work.decide(lambda seen: service.calendar_of_child(seen, family, offers, wanted)))


@router.get("/agenda", response_model=AgendaOut)
async def read_agenda(
    family: Family,
    work: Work,
    offers: Offers,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
    site_id: Annotated[list[UUID], Query(max_length=9)] = [],  # noqa: B006 - never changed
    child_id: Annotated[list[UUID], Query(max_length=9)] = [],  # noqa: B006
) -> Response:
    """The calendar of the first site and child named that there are, the basket, and what else there is."""
    wanted = Wanted(site_id, child_id, first, last)
    return as_json(await work.decide(lambda seen: service.agenda(seen, family, offers, wanted)))


@router.get("/deadlines", response_model=ComingDeadlinesOut)
async def read_deadlines(family: Family, work: Work, offers: Offers) -> Response:
    """The booking deadlines of the coming week, with the usual days that are not booked yet."""
    return as_json(await work.decide(lambda seen: ahead.deadlines(seen, family, offers)))


@router.get("/ahead", response_model=AheadOut)
async def read_ahead(family: Family, work: Work, offers: Offers) -> Response:
    """What a family's home tells: the coming days that are booked, the deadlines, the basket."""
    return as_json(await work.decide(lambda seen: ahead.ahead(seen, family, offers)))
