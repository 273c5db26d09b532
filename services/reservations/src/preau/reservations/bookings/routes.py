"""Bookings of a parent, and the agents' queue of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from preau.common.errors import FieldErrors
from preau.common.http.access import AgentAccess, AgentMay, Family
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.pages import AfterId, Limit, Page, page_of
from preau.contracts.reservations import BookingStatus
from preau.reservations.bookings import agents, parents, repository
from preau.reservations.bookings.schemas import (
    AgentBookingIn,
    BookingOut,
    BookingsOut,
    CancellationIn,
    DecisionIn,
    QueuedBookingOut,
)
from preau.reservations.fields import Day

router = APIRouter(tags=["bookings"])
MOST_DAYS = 400

Decider = Annotated[AgentAccess, AgentMay("reservations")]


@router.get("/parent/families/{family_id}/bookings")
async def list_bookings(
    family: Family,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
) -> BookingsOut:
    """The bookings of the family in a range of days (400 at most), both ends included."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise FieldErrors({"to": f"La période va d’un jour à {MOST_DAYS} jours."})
    found = await repository.of_family(family.session, family.family_id, first, last)
    return BookingsOut(items=[BookingOut.model_validate(one) for one in found])


@router.delete("/parent/families/{family_id}/bookings/{booking_id}")
async def cancel_booking(family: Family, booking_id: UUID) -> BookingOut:
    """Cancel at once, within the rules."""
    return BookingOut.model_validate(await parents.cancel(family, booking_id))


@router.get("/agent/bookings")
async def list_queue(
    agent: Annotated[AgentAccess, AgentMay("reservations", "attendance")],
    after: AfterId,
    status: BookingStatus | None = None,
    day: Annotated[Day | None, Query(alias="date")] = None,
    activity_id: UUID | None = None,
    limit: Limit = 50,
) -> Page[QueuedBookingOut]:
    """The bookings of the commune in the order in which they were made."""
    rows, next_cursor = page_of(
        await repository.queue(
            agent.session,
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


@router.post("/agent/bookings", status_code=201, response_model=BookingOut)
async def book_for_family(agent: Decider, idempotency: IdempotencyKey, body: AgentBookingIn) -> Response:
    """Book for a family, past the deadline or in the past with a reason."""

    async def produce() -> BookingOut:
        return BookingOut.model_validate(await agents.book(agent, body))

    return await idempotency.once(agent.session, agent.agent_id, body, produce)


@router.post("/agent/bookings/{booking_id}/decision")
async def decide(agent: Decider, booking_id: UUID, body: DecisionIn) -> BookingOut:
    """Accept or refuse a requested booking or cancellation."""
    return BookingOut.model_validate(await agents.decide(agent, booking_id, body))


@router.post("/agent/bookings/{booking_id}/cancellation")
async def cancel_for_family(agent: Decider, booking_id: UUID, body: CancellationIn) -> BookingOut:
    """Cancel a booking for the family."""
    return BookingOut.model_validate(await agents.cancel(agent, booking_id, body.message))
