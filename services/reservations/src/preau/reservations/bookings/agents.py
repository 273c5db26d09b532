"""What agents do with bookings: make, decide, cancel."""

from uuid import UUID

from preau.common.audit import record_change
from preau.common.db.clock import database_now
from preau.common.errors import NotFound
from preau.common.http.access import AgentAccess
from preau.common.messaging.outbox import emit
from preau.contracts.reservations import BookingStatus
from preau.reservations.bookings import repository
from preau.reservations.bookings.domain import Booking
from preau.reservations.bookings.schemas import AgentBookingIn, DecisionIn
from preau.reservations.bookings.service import BookingMoved, Draft, Move, changed, record
from preau.reservations.rules.booking import DEADLINES, enough_notice
from preau.reservations.rules.domain import Wish
from preau.reservations.rules.refused import RefusedLine, problem
from preau.reservations.rules.situation import situation_of

_DECIDED: dict[tuple[BookingStatus, str], BookingStatus] = {
    ("requested", "accept"): "confirmed",
    ("requested", "refuse"): "refused",
    ("cancel_requested", "accept"): "cancelled",
    ("cancel_requested", "refuse"): "confirmed",
}


async def book(agent: AgentAccess, body: AgentBookingIn) -> Booking:
    """Book for a family, deadlines waived if asked for; billed with the month, whatever the activity says.

    The other rules hold for agents too: raises ``SlotFull``, ``DeadlinePassed``, ``RefusedByRule``.
    """
    wish = Wish(body.child_id, body.activity_id, body.date, "book")
    situation = await situation_of(agent.session, body.family_id, {wish.key})
    waived = DEADLINES if body.override_deadline else ()
    if refusal := situation.refusal(wish, waived=waived):
        raise problem([RefusedLine(wish, refusal)])
    recorded = await record(
        agent.session,
        agent.commune_id,
        drafts=[
            Draft(
                family_id=body.family_id,
                child_id=body.child_id,
                activity=situation.activities[body.activity_id],
                day=body.date,
                status="confirmed",
                payment_mode="month_end",
                decided_by_agent=True,
                message=body.reason,
            )
        ],
    )
    later = situation.at(recorded.at or await database_now(agent.session))
    if not body.override_deadline and (refusal := enough_notice(later.attempt(*wish.key))):
        raise problem([RefusedLine(wish, refusal)])
    [booking] = recorded.made
    await _tell(agent, booking, "booking.made", body.reason)
    return booking


async def decide(agent: AgentAccess, booking_id: UUID, body: DecisionIn) -> Booking:
    """Accept or refuse a requested booking or cancellation.

    Raises ``NotFound``, and :class:`BookingMoved` when there is nothing (more) to decide.
    """
    booking = await _existing(agent, booking_id)
    to = _DECIDED.get((booking.status, body.decision))
    if to is None:
        raise BookingMoved("Il n’y a rien à décider pour cette réservation.", booking_status=booking.status)
    return await _move(agent, booking, to, "booking.decided", body.message)


async def cancel(agent: AgentAccess, booking_id: UUID, message: str) -> Booking:
    """Cancel a booking for the family, past its deadline too; raises as :func:`decide` does."""
    booking = await _existing(agent, booking_id)
    if booking.status not in ("requested", "confirmed", "cancel_requested", "waitlisted"):
        raise BookingMoved("Cette réservation ne peut plus être annulée.", booking_status=booking.status)
    return await _move(agent, booking, "cancelled", "booking.cancelled", message)


async def _existing(agent: AgentAccess, booking_id: UUID) -> Booking:
    booking = await repository.booking(agent.session, booking_id)
    if booking is None:
        raise NotFound("Cette réservation n’existe pas.")
    return booking


async def _move(
    agent: AgentAccess, booking: Booking, to: BookingStatus, action: str, message: str
) -> Booking:
    move = Move((booking.booking_id,), to, only_from=(booking.status,), by_agent=True, message=message)
    recorded = await record(agent.session, agent.commune_id, moves=[move])
    if not recorded.moved:
        raise BookingMoved("Cette réservation vient de changer.")
    [moved] = recorded.moved
    await _tell(agent, moved, action, message, before=booking.status)
    return moved


async def _tell(
    agent: AgentAccess, booking: Booking, action: str, message: str, before: BookingStatus | None = None
) -> None:
    await record_change(
        agent.session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=booking.booking_id,
        before={"status": before} if before else None,
        after={"status": booking.status, "message": message},
    )
    await emit(agent.session, changed(booking, "agent", message))
