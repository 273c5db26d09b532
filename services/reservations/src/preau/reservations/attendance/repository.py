"""The list of the day and its marks."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.reservations.attendance.tables import AttendanceRow
from preau.reservations.bookings.tables import BookingRow
from preau.reservations.catalogue.tables import ActivityRow
from preau.reservations.copies.tables import ChildCopy

LISTED = ("confirmed", "cancel_requested", "attended", "absent_justified", "absent_unjustified")
"""The bookings that a list of the day shows."""

_LIST = (
    select(
        BookingRow.booking_id,
        BookingRow.family_id,
        BookingRow.child_id,
        BookingRow.activity_id,
        BookingRow.status,
        BookingRow.version,
        ActivityRow.label.label("activity_label"),
        ChildCopy.first_name,
        ChildCopy.last_name,
        ChildCopy.class_name,
        ChildCopy.level,
        ChildCopy.diet,
        AttendanceRow.is_justified.label("justified"),
        AttendanceRow.units,
    )
    .join(ActivityRow, ActivityRow.activity_id == BookingRow.activity_id)
    .outerjoin(
        ChildCopy,
        (ChildCopy.family_id == BookingRow.family_id) & (ChildCopy.child_id == BookingRow.child_id),
    )
    .outerjoin(AttendanceRow, AttendanceRow.booking_id == BookingRow.booking_id)
    .where(BookingRow.status.in_(LISTED))
    .order_by(ActivityRow.label, ChildCopy.class_name, ChildCopy.last_name, ChildCopy.first_name)
)


async def of_day(
    session: AsyncSession, day: date, *, site_id: UUID | None, activity_id: UUID | None
) -> Sequence[RowMapping]:
    """Who is expected on a day, by activity, class and name."""
    query = _LIST.where(BookingRow.service_date == day)
    if site_id is not None:
        query = query.where(ActivityRow.site_id == site_id)
    if activity_id is not None:
        query = query.where(BookingRow.activity_id == activity_id)
    return (await session.execute(query)).mappings().all()


async def of_bookings(session: AsyncSession, booking_ids: Collection[UUID]) -> Sequence[RowMapping]:
    """The same for some bookings."""
    return (await session.execute(_LIST.where(BookingRow.booking_id.in_(booking_ids)))).mappings().all()


async def children_of(session: AsyncSession, booking_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of the children of some bookings, whatever their status."""
    if not booking_ids:
        return {}
    rows = await session.execute(
        select(BookingRow.booking_id, ChildCopy.first_name, ChildCopy.last_name)
        .join(
            ChildCopy,
            (ChildCopy.family_id == BookingRow.family_id) & (ChildCopy.child_id == BookingRow.child_id),
        )
        .where(BookingRow.booking_id.in_(booking_ids))
    )
    return {booking_id: f"{first} {last}" for booking_id, first, last in rows}


async def marks(session: AsyncSession, booking_ids: Collection[UUID]) -> dict[UUID, AttendanceRow]:
    """What was marked so far."""
    rows = await session.scalars(select(AttendanceRow).where(AttendanceRow.booking_id.in_(booking_ids)))
    return {row.booking_id: row for row in rows}


async def keep(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Write marks, each in place of the former one."""
    statement = insert(AttendanceRow)
    replaced = {
        name: getattr(statement.excluded, name)
        for name in (
            "is_present",
            "is_justified",
            "units",
            "arrived_at",
            "left_at",
            "recorded_by",
            "recorded_at",
        )
    }
    await session.execute(
        statement.on_conflict_do_update(index_elements=["booking_id"], set_=replaced), list(rows)
    )
