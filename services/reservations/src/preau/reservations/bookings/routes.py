"""Bookings of a parent, and the agents' queue of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from preau.common.db.keyset import PageRequest
from preau.common.errors import FieldErrors, NotFound
from preau.common.http.pages import Page
from preau.common.http.permissions import AttendanceAgent, Family
from preau.common.http.unit_of_work import Transaction
from preau.reservations.bookings import listing_repository, repository
from preau.reservations.bookings.filters import BookingFilters
from preau.reservations.bookings.listing_repository import BOOKINGS
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


@router.get("/parent/families/{family_id}/bookings/{booking_id}")
async def read_booking(family: Family, session: Transaction, booking_id: UUID) -> BookingOut:
    """One booking of the family."""
    found = await repository.booking(session, booking_id, family.family_id)
    if found is None:
        raise NotFound("Cette réservation n’existe pas.")
    return BookingOut.model_validate(found)


@router.get("/agent/bookings")
async def list_for_agents(
    agent: AttendanceAgent,
    session: Transaction,
    filters: Annotated[BookingFilters, Depends()],
    asked: Annotated[PageRequest, Depends(BOOKINGS.request)],
) -> Page[QueuedBookingOut]:
    """The bookings of the commune, in the order in which they were made unless asked otherwise."""
    rows, next_cursor = await listing_repository.listed(session, asked, filters)
    items = [
        QueuedBookingOut(
            **BookingOut.model_validate(row.booking).model_dump(exclude={"date"}),
            service_date=row.booking.service_date,  # pyright: ignore[reportCallIssue]
            created_at=row.created_at,
            child_name=row.child_name,
            family_label=row.family_label,
            site_label=row.site_label,
            activity_label=row.activity_label,
        )
        for row in rows
    ]
    return Page(items=items, next_cursor=next_cursor)
