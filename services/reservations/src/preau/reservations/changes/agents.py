"""What agents do with bookings: make, decide, cancel."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.audit import record_change
from preau.common.db.turns import come_before_turn
from preau.common.errors import NotFound
from preau.common.http.permissions import AgentCaller
from preau.contracts.reservations import BookingStatus
from preau.reservations.bookings import repository
from preau.reservations.bookings.domain import Booking, Draft, Move, Wish, booking_turn
from preau.reservations.bookings.lifecycle import BOOKING, BookingAct
from preau.reservations.bookings.refusals import RefusedLine, problem
from preau.reservations.bookings.service import BookingMoved, changed, record
from preau.reservations.changes.schemas import AgentBookingIn, DecisionIn
from preau.reservations.rules.booking import DEADLINES, OF_PARENTS
from preau.reservations.rules.service import context_of


async def book(session: AsyncSession, agent: AgentCaller, body: AgentBookingIn) -> Booking:
    """Book for a family, deadlines waived if asked for; billed with the month, whatever the activity says.

    The other rules hold for agents too: raises ``SlotFull``, ``DeadlinePassed``, ``RefusedByRule``.
    """
    await come_before_turn(session, booking_turn(agent.commune_id))
    wish = Wish(body.child_id, body.activity_id, body.date, "book")
    context = await context_of(session, body.family_id, {wish.key})
    waived = OF_PARENTS | DEADLINES if body.override_deadline else OF_PARENTS
    if refusal := context.refusal(wish, waived=waived):
        raise problem([RefusedLine(wish, refusal)])
    recorded = await record(
        session,
        agent.commune_id,
        drafts=[
            Draft(
                family_id=body.family_id,
                child_id=body.child_id,
                activity=context.activities[body.activity_id],
                day=body.date,
                status="confirmed",
                payment_mode="month_end",
                slot_id=context.places_of(body.activity_id, body.date).slot_id,
                decided_by_agent=True,
                message=body.reason,
            )
        ],
        events=lambda recorded: [changed(one, "agent", body.reason) for one in recorded.made],
    )
    if recorded.at and not body.override_deadline and (late := context.at(recorded.at).late([wish])):
        raise problem(late)
    [booking] = recorded.made
    await _audit(session, agent, booking, "booking.made", body.reason)
    return booking


async def decide(session: AsyncSession, agent: AgentCaller, booking_id: UUID, body: DecisionIn) -> Booking:
    """Accept or refuse a requested booking or cancellation.

    Raises ``NotFound``, and :class:`BookingMoved` when there is nothing (more) to decide.
    """
    booking = await _existing(session, booking_id)
    if not BOOKING.may(booking.status, body.decision):
        raise BookingMoved("Il n’y a rien à décider pour cette réservation.", booking_status=booking.status)
    return await _move(session, agent, booking, body.decision, "booking.decided", body.message)


async def cancel(session: AsyncSession, agent: AgentCaller, booking_id: UUID, message: str) -> Booking:
    """Cancel a booking for the family, past its deadline too; raises as :func:`decide` does."""
    booking = await _existing(session, booking_id)
    if not BOOKING.may(booking.status, "cancel"):
        raise BookingMoved("Cette réservation ne peut plus être annulée.", booking_status=booking.status)
    return await _move(session, agent, booking, "cancel", "booking.cancelled", message)


async def _existing(session: AsyncSession, booking_id: UUID) -> Booking:
    booking = await repository.booking(session, booking_id)
    if booking is None:
        raise NotFound("Cette réservation n’existe pas.")
    return booking


async def _move(
    session: AsyncSession, agent: AgentCaller, booking: Booking, act: BookingAct, action: str, message: str
) -> Booking:
    move = Move((booking.booking_id,), act, only_from=(booking.status,), by_agent=True, message=message)
    recorded = await record(
        session,
        agent.commune_id,
        moves=[move],
        events=lambda recorded: [changed(one, "agent", message) for one in recorded.moved],
    )
    if not recorded.moved:
        raise BookingMoved("Cette réservation vient de changer.")
    [moved] = recorded.moved
    await _audit(session, agent, moved, action, message, before=booking.status)
    return moved


async def _audit(
    session: AsyncSession,
    agent: AgentCaller,
    booking: Booking,
    action: str,
    message: str,
    before: BookingStatus | None = None,
) -> None:
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=booking.booking_id,
        before={"status": before} if before else None,
        after={"status": booking.status, "message": message},
    )
