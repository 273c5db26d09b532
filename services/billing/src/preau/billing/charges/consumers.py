"""Keeping charges by the events of reservations."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.charges import repository
from preau.contracts.reservations import (
    AttendanceRecordedV1,
    BookingChangedV1,
    OrderClosedV1,
    OrderPlacedV1,
)


async def keep_order(session: AsyncSession, event: OrderPlacedV1) -> None:
    await repository.keep(session, event.commune_id, (*event.bookings, *event.cancellations))


async def keep_closed_order(session: AsyncSession, event: OrderClosedV1) -> None:
    await repository.keep(session, event.commune_id, event.bookings)


async def keep_booking(session: AsyncSession, event: BookingChangedV1) -> None:
    await repository.keep(session, event.commune_id, [event.booking])


async def keep_attendance(session: AsyncSession, event: AttendanceRecordedV1) -> None:
    await repository.keep_attendance(session, event)
