"""One booking changed at once, by a parent or an agent."""

from uuid import UUID

from fastapi import APIRouter, Response

from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.permissions import Family, ReservationsAgent
from preau.common.http.unit_of_work import Transaction
from preau.reservations.bookings.schemas import BookingOut
from preau.reservations.changes import agents, parents
from preau.reservations.changes.schemas import AgentBookingIn, CancellationIn, DecisionIn

router = APIRouter(tags=["bookings"])


@router.delete("/parent/families/{family_id}/bookings/{booking_id}")
async def cancel_booking(family: Family, session: Transaction, booking_id: UUID) -> BookingOut:
    """Cancel at once, within the rules."""
    return BookingOut.model_validate(await parents.cancel(session, family, booking_id))


@router.post("/agent/bookings", status_code=201, response_model=BookingOut)
async def book_for_family(
    agent: ReservationsAgent, session: Transaction, idempotency: IdempotencyKey, body: AgentBookingIn
) -> Response:
    """Book for a family, past the deadline or in the past with a reason."""

    async def produce() -> BookingOut:
        return BookingOut.model_validate(await agents.book(session, agent, body))

    return await idempotency.once(session, agent.agent_id, body, produce)


@router.post("/agent/bookings/{booking_id}/decision")
async def decide(
    agent: ReservationsAgent, session: Transaction, booking_id: UUID, body: DecisionIn
) -> BookingOut:
    """Accept or refuse a requested booking or cancellation."""
    return BookingOut.model_validate(await agents.decide(session, agent, booking_id, body))


@router.post("/agent/bookings/{booking_id}/cancellation")
async def cancel_for_family(
    agent: ReservationsAgent, session: Transaction, booking_id: UUID, body: CancellationIn
) -> BookingOut:
    """Cancel a booking for the family."""
    return BookingOut.model_validate(await agents.cancel(session, agent, booking_id, body.message))
