"""The one place where bookings begin, move and end, and their slots with them.

Every path (order, cancellation, agent's decision, expiry) comes through :func:`record`, so that each slot's
``used`` stays the number of bookings that take a place in it.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import Conflict
from preau.common.ids import new_id
from preau.contracts.reservations import BookingChangedV1, BookingStatus, PaymentMode
from preau.reservations.activities.domain import Activity
from preau.reservations.bookings import repository
from preau.reservations.bookings.domain import TAKES_PLACE, Booking, frees_place
from preau.reservations.rules.domain import Refusal, Wish
from preau.reservations.rules.refused import RefusedLine, problem
from preau.reservations.slots import repository as slots
from preau.wording.dates import weekday_date


class AlreadyBooked(Conflict):
    """Another request booked the same child, activity and date first."""

    type, title = "already-booked", "Déjà réservé"


class BookingMoved(Conflict):
    """The booking is no longer in a status that allows this."""

    type, title = "booking-changed", "Réservation modifiée entre-temps"


@dataclass(frozen=True, slots=True)
class Draft:
    """A booking to be written."""

    family_id: UUID
    child_id: UUID
    activity: Activity
    day: date
    status: BookingStatus
    payment_mode: PaymentMode
    order_id: UUID | None = None
    decided_by_agent: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Bookings to be moved to another status; those that may not are left as they are."""

    booking_ids: Collection[UUID]
    to: BookingStatus
    only_from: Collection[BookingStatus] | None = None
    by_agent: bool = False
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written and moved; ``at`` is the database's clock once the slots were ours, where any were."""

    made: list[Booking]
    moved: list[Booking]
    at: datetime | None


async def record(
    session: AsyncSession, commune_id: UUID, *, drafts: Sequence[Draft] = (), moves: Sequence[Move] = ()
) -> Recorded:
    """Write new bookings and move others, all of it or nothing.

    The slots come last, in one statement and in ascending id: a hot slot is locked for as short as can be.
    Raises :class:`AlreadyBooked` and ``SlotFull``; the caller's transaction is then rolled back.
    """
    counts: Counter[UUID] = Counter()
    made = await _write(session, commune_id, drafts)
    counts.update(one.slot_id for one in made if one.status in TAKES_PLACE)
    moved: list[Booking] = []
    for move in moves:
        for booking, was in await repository.move(
            session,
            move.booking_ids,
            move.to,
            only_from=move.only_from,
            by_agent=move.by_agent,
            message=move.message,
        ):
            moved.append(booking)
            if frees_place(was, booking.status):
                counts[booking.slot_id] -= 1
    taken = await slots.take(session, {slot_id: n for slot_id, n in counts.items() if n})
    if taken.full:
        raise problem([_full(booking) for booking in made if booking.slot_id in taken.full])
    return Recorded(made, moved, taken.at)


async def _write(session: AsyncSession, commune_id: UUID, drafts: Sequence[Draft]) -> list[Booking]:
    if not drafts:
        return []
    capacities = {
        (draft.activity.activity_id, draft.day): draft.activity.default_capacity for draft in drafts
    }
    slot_ids = await slots.ensure(session, commune_id, capacities)
    rows = [
        _row(draft, commune_id, slot_ids[draft.activity.activity_id, draft.day])
        for draft in sorted(drafts, key=lambda draft: (draft.day, draft.child_id, draft.activity.activity_id))
    ]
    made = await repository.insert(session, to_json(rows).decode())
    if len(made) < len(drafts):
        booked = {(one.child_id, one.activity_id, one.service_date) for one in made}
        missing = [
            draft for draft in drafts if (draft.child_id, draft.activity.activity_id, draft.day) not in booked
        ]
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
    return sorted(made, key=lambda one: one.booking_id)


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
    """The event that tells a booking's new state."""
    return BookingChangedV1(
        commune_id=booking.commune_id,
        aggregate_id=booking.booking_id,
        aggregate_version=booking.version,
        booking=booking.facts(),
        order_id=booking.order_id,
        cause=cause,
        message=message,
    )
