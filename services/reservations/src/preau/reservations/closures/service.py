"""Closing days, and freeing what is booked on them."""

from itertools import groupby
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.audit import record_change
from preau.common.db.turns import take_turn
from preau.common.errors import FieldErrors, NotFound
from preau.common.http.permissions import AgentCaller
from preau.common.ids import new_id
from preau.common.messaging.outbox import emit
from preau.contracts.reservations import ClosedFamily, ClosureAppliedV1
from preau.reservations.bookings.domain import Move, booking_turn
from preau.reservations.bookings.service import changed, record
from preau.reservations.calendars.domain import Closure
from preau.reservations.calendars.published import CLOSING
from preau.reservations.catalogue import site_repository as sites
from preau.reservations.closures import repository
from preau.reservations.closures.domain import AlreadyClosed, ClosureAtWork, Concerned, Pending
from preau.reservations.closures.schemas import ClosureIn, ClosureOut
from preau.reservations.orders import repository as orders
from preau.reservations.orders.closing import end_if_nothing_waits

BOOKINGS_AT_ONCE = 500
FAMILIES_AT_ONCE = 50
"""What one transaction frees, and whom it tells: both stay small, however much a closure concerns."""
NOTHING = Concerned(0, 0, 0)


async def concerned(session: AsyncSession, body: ClosureIn) -> Concerned:
    """What the closure would free. School holidays, and class held in them, free nothing.

    Raises ``FieldErrors`` for a site that the commune has not.
    """
    if body.site_id is not None and await sites.site(session, body.site_id) is None:
        raise FieldErrors({"site_id": "Ce service n’existe pas."})
    return NOTHING if body.kind not in CLOSING else await repository.concerned(session, closure_of(body))


def closure_of(body: ClosureIn) -> Closure:
    """The days as the calendar knows them."""
    return Closure(body.first_day, body.last_day, body.label, body.site_id)


async def add(session: AsyncSession, agent: AgentCaller, body: ClosureIn) -> ClosureOut:
    """Close days; what is booked on them is freed soon after, without a deadline.

    Whoever makes a booking at this moment has ended before, and whoever comes after sees the closed days: no
    booking is left over. Raises ``FieldErrors`` for a site that the commune has not, :class:`AlreadyClosed`.
    """
    await take_turn(session, booking_turn(agent.commune_id))
    counted = await concerned(session, body)
    stated = body.model_dump()
    if await repository.is_known(session, stated):
        raise AlreadyClosed("Cette fermeture est déjà enregistrée.")
    closure_id = new_id()
    await repository.add(session, {"closure_id": closure_id, "commune_id": agent.commune_id, **stated})
    if counted.bookings:
        await repository.add_application(session, closure_id, agent.commune_id, counted)
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="closure.added",
        entity_id=closure_id,
        after=body.model_dump(mode="json") | {"bookings": counted.bookings, "families": counted.families},
    )
    return ClosureOut(
        closure_id=closure_id,
        **stated,
        bookings=counted.bookings,
        families=counted.families,
        is_applied=not counted.bookings,
    )


async def remove(session: AsyncSession, agent: AgentCaller, closure_id: UUID) -> None:
    """Open the days again: what was freed stays so, families book anew.

    Raises ``NotFound``, and :class:`ClosureAtWork` while bookings are being freed.
    """
    if await repository.is_pending(session, closure_id):
        raise ClosureAtWork("Les réservations de ces jours sont en cours d’annulation. Réessayez ensuite.")
    if not await repository.remove(session, closure_id):
        raise NotFound("Cette fermeture n’existe pas.")
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="closure.removed",
        entity_id=closure_id,
    )


async def apply_next(session: AsyncSession, closure_id: UUID) -> bool:
    """Free the next bookings of a closure or, once all are freed, tell the next families; False at the end.

    Any number of processes may do this at once: one is at a closure at a time.
    """
    pending = await repository.lock_pending(session, closure_id)
    if pending is None:
        return False
    if await _free_next(session, pending) or await _tell_next(session, pending):
        return True
    await repository.finish(session, closure_id)
    return False


async def _free_next(session: AsyncSession, pending: Pending) -> bool:
    found = await repository.to_free(session, pending.closure, BOOKINGS_AT_ONCE)
    if not found:
        return False
    # Orders first, then bookings: in the order in which a payment and the end of a hold lock them.
    unpaid = sorted({one.order_id for one in found if one.status == "awaiting_payment" and one.order_id})
    locked = [await orders.lock_unpaid(session, order_id) for order_id in unpaid]
    reason = pending.closure.reason
    move = Move([one.booking_id for one in found], "close_day", message=reason, closure_id=pending.closure_id)
    await record(
        session,
        pending.commune_id,
        moves=[move],
        events=lambda recorded: [changed(one, "rule", reason, pending.closure_id) for one in recorded.moved],
    )
    for order in locked:
        if order is not None:
            await end_if_nothing_waits(session, order)
    return True


async def _tell_next(session: AsyncSession, pending: Pending) -> bool:
    closure = pending.closure
    families = await repository.families_to_tell(
        session, pending.closure_id, pending.told_up_to, FAMILIES_AT_ONCE
    )
    if not families:
        return False
    freed = await repository.freed(session, pending.closure_id, families)
    await emit(
        session,
        ClosureAppliedV1(
            commune_id=pending.commune_id,
            aggregate_id=pending.closure_id,
            label=closure.label,
            site_label=pending.site_label,
            first_day=closure.first_day,
            last_day=closure.last_day,
            families=tuple(
                ClosedFamily(family_id=family_id, bookings=tuple(one.facts() for one in bookings))
                for family_id, bookings in groupby(freed, key=lambda one: one.family_id)
            ),
        ),
    )
    await repository.note_told(session, pending.closure_id, families[-1])
    return True
