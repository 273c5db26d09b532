"""Keeping charges by what reservations tell; prepaid orders are invoiced and cancelled on the way."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.charges import repository
from preau.billing.orders import service as orders
from preau.common.messaging.consumer import Subscription
from preau.contracts import topology
from preau.contracts.reservations import (
    AttendanceRecordedV1,
    BookingChangedV1,
    OrderClosedV1,
    OrderPlacedV1,
)


async def keep_order(session: AsyncSession, event: OrderPlacedV1) -> None:
    await repository.keep(session, event.commune_id, (*event.bookings, *event.cancellations))
    if event.status == "awaiting_payment":
        await orders.invoice(session, event)


async def keep_closed_order(session: AsyncSession, event: OrderClosedV1) -> None:
    await repository.keep(session, event.commune_id, event.bookings)
    await orders.close(session, event)


async def keep_booking(session: AsyncSession, event: BookingChangedV1) -> None:
    await repository.keep(session, event.commune_id, [event.booking])


async def keep_attendance(session: AsyncSession, event: AttendanceRecordedV1) -> None:
    await repository.keep_attendance(session, event.commune_id, event.booking, units=max(event.units, 0))


CHARGES = Subscription(
    queue=topology.BILLING_CHARGES,
    handlers={
        OrderPlacedV1: keep_order,
        OrderClosedV1: keep_closed_order,
        BookingChangedV1: keep_booking,
        AttendanceRecordedV1: keep_attendance,
    },
)
