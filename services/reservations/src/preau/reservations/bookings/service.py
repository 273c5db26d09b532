"""The one place where bookings begin, move and end, and their slots with them.

Every path (order, cancellation, agent's decision, expiry) comes through :func:`record`, so that each slot's
``used`` stays the number of bookings that take a place in it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import Conflict
from preau.common.ids import new_id
from preau.common.messaging.envelope import EventModel
from preau.common.messaging.outbox import emit
from preau.contracts.reservations import BookingChangedV1
from preau.reservations.bookings import repository
from preau.reservations.bookings.domain import Booking, Draft, Move, Wish
from preau.reservations.bookings.lifecycle import TAKES_PLACE, frees_place
from preau.reservations.bookings.refusals import Refusal, RefusedLine, problem
from preau.reservations.slots import repository as slots
from preau.wording.dates import weekday_date


class AlreadyBooked(Conflict):
    """Another request booked the same child, activity and date first."""

    type, title = "already-booked", "Déjà réservé"


class BookingMoved(Conflict):
    """The booking is no longer in a status that allows this."""

    type, title = "booking-changed", "Réservation modifiée entre-temps"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was made and moved; ``at`` is the database's clock once bookings and slots were ours.

    There is no clock when there was nothing to write or nothing that could move.
    """

    made: list[Booking]
    moved: list[Booking]
    at: datetime | None


async def record(
    session: AsyncSession,
    commune_id: UUID,
    *,
    drafts: Sequence[Draft] = (),
    moves: Sequence[Move] = (),
    events: Callable[[Recorded], Iterable[EventModel]],
) -> Recorded:
    """Write new bookings and move others, all of it or nothing, and emit the ``events`` that say so.

    The slots come last, in one statement and in ascending id: a hot slot is locked for as short as can be.
    Raises :class:`AlreadyBooked` and ``SlotFull``; the caller's transaction is then rolled back.
    """
    written = await repository.write(session, await _rows(session, commune_id, drafts), moves)
    _check_all_made(drafts, written.made)
    counts = Counter(one.slot_id for one in written.made if one.status in TAKES_PLACE)
    counts.subtract(one.slot_id for one, was in written.moved if frees_place(was, one.status))
    taken = await slots.take(session, {slot_id: n for slot_id, n in counts.items() if n})
    if taken.full:
        raise problem([_full(booking) for booking in written.made if booking.slot_id in taken.full])
    recorded = Recorded(
        made=sorted(written.made, key=lambda one: one.booking_id),
        moved=[one for one, _ in written.moved],
        at=taken.at or written.at,
    )
    await emit(session, *events(recorded))
    return recorded


async def _rows(session: AsyncSession, commune_id: UUID, drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    """The drafts as they are written, each with its slot: those that are missing are made."""
    missing = {
        (draft.activity.activity_id, draft.day): draft.activity.default_capacity
        for draft in drafts
        if draft.slot_id is None
    }
    slot_ids = await slots.ensure(session, commune_id, missing) if missing else {}
    return [
        _row(draft, commune_id, draft.slot_id or slot_ids[draft.activity.activity_id, draft.day])
        for draft in sorted(drafts, key=lambda draft: (draft.day, draft.child_id, draft.activity.activity_id))
    ]


def _check_all_made(drafts: Sequence[Draft], made: Sequence[Booking]) -> None:
    booked = {one.key for one in made}
    missing = [draft for draft in drafts if draft.key not in booked]
    if missing:
        raise AlreadyBooked(
            f"Déjà réservé le {weekday_date(missing[0].day)}.",
            lines=[
                {
                    "child_id": str(draft.child_id),
                    "activity_id": str(draft.activity.activity_id),
                    "date": draft.day.isoformat(),
                }
                for draft in missing
            ],
        )


def _row(draft: Draft, commune_id: UUID, slot_id: UUID) -> dict[str, Any]:
    return {
        "booking_id": new_id(),
        "commune_id": commune_id,
        "family_id": draft.family_id,
        "child_id": draft.child_id,
        "activity_id": draft.activity.activity_id,
        "service_date": draft.day,
        "slot_id": slot_id,
        "order_id": draft.order_id,
        "status": draft.status,
        "payment_mode": draft.payment_mode,
        "decided_by_agent": draft.decided_by_agent,
        "message": draft.message,
    }


def _full(booking: Booking) -> RefusedLine:
    wish = Wish(booking.child_id, booking.activity_id, booking.service_date, "book")
    reason = f"Il n’y a plus de place le {weekday_date(booking.service_date)}."
    return RefusedLine(wish, Refusal("full", reason, override_by="nobody"))


def changed(
    booking: Booking, cause: Literal["agent", "parent", "payment"], message: str = ""
) -> BookingChangedV1:
    """The event of a booking's new state."""
    return BookingChangedV1(
        commune_id=booking.commune_id,
        aggregate_id=booking.booking_id,
        aggregate_version=booking.version,
        booking=booking.facts(),
        order_id=booking.order_id,
        cause=cause,
        message=message,
    )
