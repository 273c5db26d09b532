"""A parent cancels one booking at once."""

from uuid import UUID

from preau.common.db.clock import database_now
from preau.common.errors import NotFound
from preau.common.http.access import FamilyAccess
from preau.common.messaging.outbox import emit
from preau.reservations.bookings import repository
from preau.reservations.bookings.domain import Booking
from preau.reservations.bookings.service import BookingMoved, Move, changed, record
from preau.reservations.orders.domain import cancellation_status
from preau.reservations.rules.cancellation import enough_notice
from preau.reservations.rules.domain import Wish
from preau.reservations.rules.refused import RefusedLine, problem
from preau.reservations.rules.situation import situation_of


async def cancel(family: FamilyAccess, booking_id: UUID) -> Booking:
    """Cancel, or ask for it where an agent decides.

    Raises ``NotFound``, ``DeadlinePassed``, ``RefusedByRule``, and :class:`BookingMoved` when another
    request was first.
    """
    booking = await repository.booking(family.session, booking_id, family.family_id)
    if booking is None:
        raise NotFound("Cette réservation n’existe pas.")
    wish = Wish(booking.child_id, booking.activity_id, booking.service_date, "cancel")
    situation = await situation_of(family.session, family.family_id, {wish.key})
    if refusal := situation.refusal(wish):
        raise problem([RefusedLine(wish, refusal)])
    to = cancellation_status(situation.activities[booking.activity_id], booking.status)
    recorded = await record(
        family.session, family.commune_id, moves=[Move((booking_id,), to, only_from=(booking.status,))]
    )
    if not recorded.moved:
        raise BookingMoved("Cette réservation vient de changer.")
    later = situation.at(recorded.at or await database_now(family.session))
    if refusal := enough_notice(later.attempt(*wish.key)):
        raise problem([RefusedLine(wish, refusal)])
    [moved] = recorded.moved
    await emit(family.session, changed(moved, "parent"))
    return moved
