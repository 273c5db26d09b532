"""A parent cancels one booking at once."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import NotFound
from preau.common.http.permissions import FamilyCaller
from preau.reservations.bookings import repository
from preau.reservations.bookings.domain import Booking, Move, Wish
from preau.reservations.bookings.lifecycle import cancelling_act
from preau.reservations.bookings.refusals import RefusedLine, problem
from preau.reservations.bookings.service import BookingMoved, changed, record
from preau.reservations.rules.service import context_of


async def cancel(session: AsyncSession, family: FamilyCaller, booking_id: UUID) -> Booking:
    """Cancel, or ask for it where an agent decides.

    Raises ``NotFound``, ``DeadlinePassed``, ``RefusedByRule``, and :class:`BookingMoved` when another
    request was first.
    """
    booking = await repository.booking(session, booking_id, family.family_id)
    if booking is None:
        raise NotFound("Cette réservation n’existe pas.")
    wish = Wish(*booking.key, "cancel")
    context = await context_of(session, family.family_id, {wish.key})
    if refusal := context.refusal(wish):
        raise problem([RefusedLine(wish, refusal)])
    act = cancelling_act(context.activities[booking.activity_id], booking.status)
    recorded = await record(
        session,
        family.commune_id,
        moves=[Move((booking_id,), act, only_from=(booking.status,))],
        events=lambda recorded: [changed(one, "parent") for one in recorded.moved],
    )
    if recorded.at is None:
        raise BookingMoved("Cette réservation vient de changer.")
    if late := context.at(recorded.at).late([wish]):
        raise problem(late)
    [moved] = recorded.moved
    return moved
