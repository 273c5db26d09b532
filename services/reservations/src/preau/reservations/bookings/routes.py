"""Bookings of a parent, and the agents' queue of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from preau.common.errors import FieldErrors
from preau.common.http.pages import AfterId, Limit, Page, page_of
from preau.common.http.permissions import AttendanceAgent, Family
from preau.common.http.unit_of_work import Transaction
from preau.contracts.reservations import BookingStatus
from preau.reservations.bookings import repository
from preau.reservations.bookings.schemas import BookingOut, BookingsOut, QueuedBookingOut
from preau.reservations.fields import Day

router = APIRouter(tags=["bookings"])
MOST_DAYS = 400


@router.get("/parent/families/{family_id}/bookings")
async def list_bookings(
    family: Family,
    session: Transaction,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
) -> BookingsOut:
    """The bookings of the family in a range of days (400 at most), both ends included."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise FieldErrors({"to": f"La période va d’un jour à {MOST_DAYS} jours."})
    found = await repository.of_family(session, family.family_id, first, last)
    return BookingsOut(items=[BookingOut.model_validate(one) for one in found])


@router.get("/agent/bookings")
async def list_queue(
    agent: AttendanceAgent,
    session: Transaction,
    after: AfterId,
    status: BookingStatus | None = None,
    day: Annotated[Day | None, Query(alias="date")] = None,
    activity_id: UUID | None = None,
    limit: Limit = 50,
) -> Page[QueuedBookingOut]:
    """The bookings of the commune in the order in which they were made."""
    rows, next_cursor = page_of(
        await repository.queue(
            session,
            status=status,
            day=day,
            activity_id=activity_id,
            after=after,
            limit=limit,
        ),
        limit,
        lambda row: [row.booking.booking_id],
    )
    items = [
        QueuedBookingOut(
            **BookingOut.model_validate(row.booking).model_dump(exclude={"date"}),
            service_date=row.booking.service_date,  # pyright: ignore[reportCallIssue]
            child_name=row.child_name,
            family_label=row.family_label,
            site_label=row.site_label,
            activity_label=row.activity_label,
        )
        for row in rows
    ]
    return Page(items=items, next_cursor=next_cursor)
