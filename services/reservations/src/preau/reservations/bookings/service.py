"""Bookings begin, move and end, and their slots with them.

Cancellations, agents' decisions, payments and expiry come through :func:`record`; an order writes the same
parts of a statement (``repository.PARTS``). So each slot's ``used`` stays the number of bookings in it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
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
from preau.reservations.bookings.domain import Booking, BookingKey, Draft, Move, Wish
from preau.reservations.bookings.refusals import Refusal, RefusedLine, problem
from preau.reservations.slots import repository as slots
from preau.wording.dates import weekday_date


class AlreadyBooked(Conflict):
    """Another request booked the same child, activity and date first."""

    type, title = "already-booked", "Déjà réservé"


class BookingMoved(Conflict):
    """The booking is no longer in a status that allows this."""

    type, title = "booking-changed", "Réservation modifiée entre-temps"


_WRITTEN = tuple(each.name for each in fields(Booking) if each.name not in {"version", "activity_label"})
"""What a new booking's row holds of it: its version begins at 1, its activity's label is the activity's."""


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

    Raises :class:`AlreadyBooked` and ``SlotFull``; the caller's transaction is then rolled back.
    """
    written = await repository.write(session, await _rows(session, commune_id, drafts), moves)
    check_all_made(drafts, {one.key for one in written.made})
    check_no_slot_full(drafts, {one.key for one in written.made if one.slot_id in written.full})
    recorded = Recorded(
        made=sorted(written.made, key=lambda one: one.booking_id), moved=written.moved, at=written.at
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
        row_of(
            draft.booking(
                new_id(), commune_id, draft.slot_id or slot_ids[draft.activity.activity_id, draft.day]
            )
        )
        for draft in sorted(drafts, key=lambda draft: (draft.day, draft.child_id, draft.activity.activity_id))
    ]


def check_all_made(drafts: Sequence[Draft], made: Collection[BookingKey]) -> None:
    """Raises :class:`AlreadyBooked` with the drafts that were left out, for others were first."""
    missing = [draft for draft in drafts if draft.key not in made]
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


def row_of(booking: Booking) -> dict[str, Any]:
    """A new booking as the table keeps it."""
    return {name: getattr(booking, name) for name in _WRITTEN}


def check_no_slot_full(drafts: Sequence[Draft], full: Collection[BookingKey]) -> None:
    """Raises ``SlotFull`` with the drafts for which no place was left."""
    lines = [
        RefusedLine(
            Wish(*draft.key, "book"),
            Refusal("full", f"Il n’y a plus de place le {weekday_date(draft.day)}.", override_by="nobody"),
        )
        for draft in drafts
        if draft.key in full
    ]
    if lines:
        raise problem(lines)


def changed(
    booking: Booking,
    cause: Literal["agent", "parent", "payment", "rule"],
    message: str = "",
    closure_id: UUID | None = None,
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
        closure_id=closure_id,
    )
