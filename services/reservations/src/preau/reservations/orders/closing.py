"""How an order that awaits payment ends: paid, or its hold runs out. Of the two, one comes first."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.messaging.outbox import emit
from preau.contracts.reservations import OrderClosedV1, OrderPayableV1
from preau.reservations.bookings import repository as bookings
from preau.reservations.bookings.domain import Booking, Move
from preau.reservations.bookings.lifecycle import BOOKING
from preau.reservations.bookings.service import changed, record
from preau.reservations.catalogue import repository as activities
from preau.reservations.orders import repository
from preau.reservations.orders.domain import Order
from preau.reservations.orders.lifecycle import ORDER


async def tell_payable(session: AsyncSession, order_id: UUID) -> None:
    """An invoice that asks for money comes: say so if it is the order's first, and the order still waits."""
    order = await repository.lock_unpaid(session, order_id)
    if order is None or any(one.total_cents > 0 for one in await repository.invoices(session, order_id)):
        return
    if waiting := await _waiting(session, order_id):
        await emit(
            session,
            OrderPayableV1(
                commune_id=order.commune_id,
                aggregate_id=order_id,
                aggregate_version=order.version,
                family_id=order.family_id,
                held_until=order.held_until,
                bookings=tuple(one.facts() for one in waiting),
            ),
        )


async def settle(session: AsyncSession, order_id: UUID, regie_id: UUID) -> None:
    """The prepaid invoice of one régie is paid: confirm what it pays, and with the last of it the order.

    An order that has expired stays so: billing keeps the money as the family's credit.
    """
    order = await repository.lock_unpaid(session, order_id)
    if order is None:
        return
    waiting = await _waiting(session, order_id)
    offered = await activities.activities(session, {one.activity_id for one in waiting})
    paid = [one for one in waiting if offered[one.activity_id].regie_id == regie_id]
    if not paid and len(await repository.invoices(session, order_id)) == 1:
        paid = waiting  # the activity has gone to another régie since
    if len(paid) == len(waiting):
        await _close(session, order, "pay", paid)
        return
    await record(
        session,
        order.commune_id,
        moves=[Move([one.booking_id for one in paid], "pay")],
        events=lambda recorded: [changed(one, "payment") for one in recorded.moved],
    )


async def expire(session: AsyncSession, order_id: UUID) -> bool:
    """The hold has run out: what is not paid expires and frees its place; False when it was over already."""
    order = await repository.lock_unpaid(session, order_id)
    if order is None:
        return False
    await _close(session, order, "expire", await _waiting(session, order_id))
    return True


async def end_if_nothing_waits(session: AsyncSession, order: Order) -> None:
    """End a locked order of which nothing waits for its payment any more: nothing of it is to be paid."""
    if not await _waiting(session, order.order_id):
        await _close(session, order, "expire", ())


async def _waiting(session: AsyncSession, order_id: UUID) -> list[Booking]:
    return [one for one in await bookings.of_order(session, order_id) if BOOKING.may(one.status, "pay")]


async def _close(
    session: AsyncSession, order: Order, act: Literal["pay", "expire"], waiting: Sequence[Booking]
) -> None:
    """End a locked order with what of it still waits."""
    status = ORDER.move(order.status, act)
    version = await repository.close(session, order, status)
    await record(
        session,
        order.commune_id,
        moves=[Move([one.booking_id for one in waiting], act)],
        events=lambda recorded: [
            OrderClosedV1(
                commune_id=order.commune_id,
                aggregate_id=order.order_id,
                aggregate_version=version,
                family_id=order.family_id,
                status="confirmed" if status == "confirmed" else "expired",
                bookings=tuple(one.facts() for one in recorded.moved),
            )
        ],
    )
