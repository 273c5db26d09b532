"""Marking who was there."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.audit import record_change
from preau.common.db.clock import database_now
from preau.common.errors import Conflict, NotFound
from preau.common.http.permissions import AgentCaller
from preau.common.http.seen_version import ChangedMeanwhile
from preau.common.messaging.outbox import emit
from preau.contracts.reservations import AttendanceRecordedV1
from preau.reservations.attendance import repository
from preau.reservations.attendance.schemas import MarkIn
from preau.reservations.attendance.tables import AttendanceRow
from preau.reservations.bookings import repository as bookings
from preau.reservations.bookings.domain import Booking, Move
from preau.reservations.bookings.lifecycle import MARKABLE, MARKED, Mark, status_marked
from preau.reservations.bookings.service import BookingMoved, record
from preau.reservations.copies import repository as copies
from preau.wording import happenings, statuses


class DayToCome(Conflict):
    """Nobody can have been there yet."""

    type, title = "day-to-come", "Jour à venir"


class NotMarkable(Conflict):
    """The booking is not one that a child comes by."""

    type, title = "not-markable", "Pointage impossible"


def act_of(mark: MarkIn) -> Mark:
    """What the mark does to its booking."""
    if mark.present:
        return "mark_present"
    return "mark_justified_absence" if mark.justified else "mark_unjustified_absence"


async def mark(session: AsyncSession, agent: AgentCaller, given: Sequence[MarkIn]) -> list[Booking]:
    """Mark children present or absent; marking the same again changes nothing.

    A cancellation that was asked for and not decided is decided by the mark. A booking that is not one to
    mark (it was cancelled meanwhile) is left as it is and returned; the others are marked, all of them or
    none. Raises ``NotFound``, :class:`DayToCome`,
    ``ChangedMeanwhile`` and, where none is to be marked, :class:`NotMarkable`.
    """
    marks = {one.booking_id: one for one in given}
    found = {one.booking_id: one for one in await bookings.bookings(session, marks)}
    now = await database_now(session)
    refused = await _check(session, agent.commune_id, marks, found, now)
    for booking in refused:
        del marks[booking.booking_id]
    former = await repository.marks(session, marks)
    new = {
        booking_id: one
        for booking_id, one in marks.items()
        if found[booking_id].status != status_marked(act_of(one)) or _differs(former.get(booking_id), one)
    }
    if not new:
        return refused
    _refuse_stale(new, found)
    await _move(session, agent.commune_id, new, found)
    await repository.keep(session, [_row(agent, one, now) for one in new.values()])
    for booking_id, one in new.items():
        await record_change(
            session,
            commune_id=agent.commune_id,
            agent_id=agent.agent_id,
            action="attendance.recorded",
            entity_id=booking_id,
            before={"status": found[booking_id].status},
            after=one.model_dump(mode="json"),
        )
    return refused


async def _check(
    session: AsyncSession,
    commune_id: UUID,
    marks: dict[UUID, MarkIn],
    found: dict[UUID, Booking],
    now: datetime,
) -> list[Booking]:
    """Those of the bookings that are not to be marked, when some are."""
    commune = await copies.commune(session, commune_id)
    if commune is None or len(found) < len(marks):
        raise NotFound("Une de ces réservations n’existe pas.")
    today = commune.today(now)
    if any(booking.service_date > today for booking in found.values()):
        raise DayToCome("Le pointage d’un jour à venir n’est pas possible.")
    refused = [booking for booking in found.values() if booking.status not in MARKABLE]
    if len(refused) == len(found):
        why = ", ".join(sorted({statuses.BOOKING[one.status] for one in refused}))
        raise NotMarkable(
            f"Rien n’est à pointer ici ({why}).",
            bookings=[{"booking_id": str(one.booking_id), "status": one.status} for one in refused],
        )
    return refused


def _refuse_stale(new: dict[UUID, MarkIn], found: dict[UUID, Booking]) -> None:
    """Raise ``ChangedMeanwhile`` when a booking is marked otherwise than the agent saw; writing looks again.

    What a family asks for meanwhile is no mark: who came has come.
    """
    stale = [
        found[booking_id]
        for booking_id, one in new.items()
        if found[booking_id].status in MARKED and one.seen_version not in (None, found[booking_id].version)
    ]
    if stale:
        raise ChangedMeanwhile(
            "Des enfants ont été pointés entre-temps par quelqu’un d’autre. Rien n’a été enregistré :"
            " comparez, puis enregistrez de nouveau.",
            bookings=[{"booking_id": str(one.booking_id), "status": one.status} for one in stale],
        )


async def _move(
    session: AsyncSession, commune_id: UUID, new: dict[UUID, MarkIn], found: dict[UUID, Booking]
) -> None:
    """Give the bookings their new status or, where only the details change, a new version."""
    moving: dict[tuple[Mark, int | None, str | None], list[UUID]] = {}
    same: list[UUID] = []
    for booking_id, one in new.items():
        act = act_of(one)
        booking = found[booking_id]
        if booking.status == status_marked(act):
            same.append(booking_id)
        else:
            answer = happenings.CANCELLATION_MARKED if booking.status == "cancel_requested" else None
            looked_at = booking.version if one.seen_version else None
            moving.setdefault((act, looked_at, answer), []).append(booking_id)
    recorded = await record(
        session,
        commune_id,
        moves=[
            Move(ids, act, version=version, message=answer) for (act, version, answer), ids in moving.items()
        ],
        events=lambda recorded: [_event(one, new[one.booking_id]) for one in recorded.moved],
    )
    touched = await bookings.touch(session, same) if same else []
    await emit(session, *(_event(one, new[one.booking_id]) for one in touched))
    overtaken = any(new[one.booking_id].seen_version not in (None, one.version - 1) for one in touched)
    if overtaken or len(recorded.moved) + len(touched) < len(new):
        raise BookingMoved("Une réservation vient de changer. Rechargez la liste.")


def _differs(former: AttendanceRow | None, mark: MarkIn) -> bool:
    return former is None or (former.units, former.arrived_at, former.left_at) != (
        mark.units,
        mark.arrived_at,
        mark.left_at,
    )


def _row(agent: AgentCaller, mark: MarkIn, now: datetime) -> dict[str, object]:
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
