"""Marking who was there."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from preau.common.audit import record_change
from preau.common.db.clock import database_now
from preau.common.errors import Conflict, NotFound
from preau.common.http.access import AgentAccess
from preau.common.messaging.outbox import emit
from preau.contracts.reservations import AttendanceRecordedV1, BookingStatus
from preau.reservations.attendance import repository
from preau.reservations.attendance.schemas import MarkIn
from preau.reservations.attendance.tables import AttendanceRow
from preau.reservations.bookings import repository as bookings
from preau.reservations.bookings.domain import Booking
from preau.reservations.bookings.service import BookingMoved, Move, record
from preau.reservations.calendars.civil import local_date
from preau.reservations.copies import repository as copies

MARKABLE: frozenset[BookingStatus] = frozenset(
    {"confirmed", "attended", "absent_justified", "absent_unjustified"}
)


class DayToCome(Conflict):
    """Nobody can have been there yet."""

    type, title = "day-to-come", "Jour à venir"


class NotMarkable(Conflict):
    """The booking is not one that a child comes by."""

    type, title = "not-markable", "Pointage impossible"


def status_of(mark: MarkIn) -> BookingStatus:
    """What a mark makes of a booking."""
    if mark.present:
        return "attended"
    return "absent_justified" if mark.justified else "absent_unjustified"


async def mark(agent: AgentAccess, given: Sequence[MarkIn]) -> None:
    """Mark children present or absent, all of them or none; marking the same again changes nothing.

    Raises ``NotFound``, :class:`DayToCome` and :class:`NotMarkable`.
    """
    marks = {one.booking_id: one for one in given}
    found = {one.booking_id: one for one in await bookings.bookings(agent.session, marks)}
    now = await database_now(agent.session)
    await _check(agent, marks, found, now)
    former = await repository.marks(agent.session, marks)
    new = {
        booking_id: one
        for booking_id, one in marks.items()
        if found[booking_id].status != status_of(one) or _differs(former.get(booking_id), one)
    }
    if not new:
        return
    moved = await _move(agent, new, found)
    await repository.keep(agent.session, [_row(agent, one, now) for one in new.values()])
    await emit(agent.session, *(_event(moved[booking_id], one) for booking_id, one in new.items()))
    for booking_id, one in new.items():
        await record_change(
            agent.session,
            commune_id=agent.commune_id,
            agent_id=agent.agent_id,
            action="attendance.recorded",
            entity_id=booking_id,
            before={"status": found[booking_id].status},
            after=one.model_dump(mode="json"),
        )


async def _check(
    agent: AgentAccess, marks: dict[UUID, MarkIn], found: dict[UUID, Booking], now: datetime
) -> None:
    commune = await copies.commune(agent.session, agent.commune_id)
    if commune is None or len(found) < len(marks):
        raise NotFound("Une de ces réservations n’existe pas.")
    today = local_date(now, ZoneInfo(commune.time_zone))
    if any(booking.service_date > today for booking in found.values()):
        raise DayToCome("Le pointage d’un jour à venir n’est pas possible.")
    if odd := [booking for booking in found.values() if booking.status not in MARKABLE]:
        raise NotMarkable(
            "Une de ces réservations n’est pas à pointer.",
            bookings=[{"booking_id": str(one.booking_id), "status": one.status} for one in odd],
        )


async def _move(
    agent: AgentAccess, new: dict[UUID, MarkIn], found: dict[UUID, Booking]
) -> dict[UUID, Booking]:
    """The bookings with their new status or, where only the details change, a new version."""
    targets: dict[BookingStatus, list[UUID]] = {}
    same: list[UUID] = []
    for booking_id, one in new.items():
        to = status_of(one)
        if found[booking_id].status == to:
            same.append(booking_id)
        else:
            targets.setdefault(to, []).append(booking_id)
    recorded = await record(
        agent.session, agent.commune_id, moves=[Move(ids, to) for to, ids in sorted(targets.items())]
    )
    touched = await bookings.touch(agent.session, same) if same else []
    moved = {one.booking_id: one for one in (*recorded.moved, *touched)}
    if len(moved) < len(new):
        raise BookingMoved("Une réservation vient de changer. Rechargez la liste.")
    return moved


def _differs(former: AttendanceRow | None, mark: MarkIn) -> bool:
    return former is None or (former.units, former.arrived_at, former.left_at) != (
        mark.units,
        mark.arrived_at,
        mark.left_at,
    )


def _row(agent: AgentAccess, mark: MarkIn, now: datetime) -> dict[str, object]:
    return {
        "booking_id": mark.booking_id,
        "commune_id": agent.commune_id,
        "is_present": mark.present,
        "is_justified": mark.justified,
        "units": mark.units,
        "arrived_at": mark.arrived_at,
        "left_at": mark.left_at,
        "recorded_by": agent.agent_id,
        "recorded_at": now,
    }


def _event(booking: Booking, mark: MarkIn) -> AttendanceRecordedV1:
    return AttendanceRecordedV1(
        commune_id=booking.commune_id,
        aggregate_id=booking.booking_id,
        aggregate_version=booking.version,
        booking=booking.facts(),
        present=mark.present,
        justified=mark.justified,
        units=mark.units,
        arrived_at=mark.arrived_at,
        left_at=mark.left_at,
    )
