"""How an order that awaits payment ends: paid, or its hold runs out. Of the two, one comes first."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.database import Database
from preau.common.messaging.outbox import emit
from preau.common.periodic import Periodic
from preau.contracts.reservations import OrderClosedV1
from preau.reservations.activities import repository as activities
from preau.reservations.bookings import repository as bookings
from preau.reservations.bookings.service import Move, changed, record
from preau.reservations.orders import repository
from preau.reservations.orders.domain import next_status

BATCH = 100


async def settle(session: AsyncSession, order_id: UUID, regie_id: UUID) -> None:
    """The prepaid invoice of one régie is paid: confirm what it pays, and with the last of it the order.

    An order that has expired stays so: billing keeps the money as the family's credit.
    """
    order = await repository.lock_unpaid(session, order_id)
    if order is None:
        return
    waiting = [one for one in await bookings.of_order(session, order_id) if one.status == "awaiting_payment"]
    offered = await activities.activities(session, {one.activity_id for one in waiting})
    paid = [one.booking_id for one in waiting if offered[one.activity_id].regie_id == regie_id]
    if not paid and len(await repository.invoices(session, order_id)) == 1:
        paid = [one.booking_id for one in waiting]  # the activity has gone to another régie since
    recorded = await record(
        session, order.commune_id, moves=[Move(paid, "confirmed", only_from=("awaiting_payment",))]
    )
    if len(paid) < len(waiting):
        await emit(session, *(changed(one, "payment") for one in recorded.moved))
        return
    version = await repository.close(session, order, next_status(order.status, "confirmed"))
    await emit(
        session,
        OrderClosedV1(
            commune_id=order.commune_id,
            aggregate_id=order_id,
            aggregate_version=version,
            family_id=order.family_id,
            status="confirmed",
            bookings=tuple(one.facts() for one in recorded.moved),
        ),
    )


async def expire(session: AsyncSession, order_id: UUID) -> bool:
    """The hold has run out: what is not paid expires and frees its place; False when it was over already."""
    order = await repository.lock_unpaid(session, order_id)
    if order is None:
        return False
    waiting = [one for one in await bookings.of_order(session, order_id) if one.status == "awaiting_payment"]
    recorded = await record(
        session, order.commune_id, moves=[Move([one.booking_id for one in waiting], "expired")]
    )
    version = await repository.close(session, order, next_status(order.status, "expired"))
    await emit(
        session,
        OrderClosedV1(
            commune_id=order.commune_id,
            aggregate_id=order_id,
            aggregate_version=version,
            family_id=order.family_id,
            status="expired",
            bookings=tuple(one.facts() for one in recorded.moved),
        ),
    )
    return True


async def expire_holds(database: Database) -> bool:
    """End the orders whose hold has run out, each in a transaction of its own; True when there may be more.

    Any number of processes may do this at once: each order ends once.
    """
    async with database.system_transaction() as session:
        found = await repository.expired_holds(session, BATCH)
    for commune_id, order_id in found:
        async with database.transaction(commune_id) as session:
            await expire(session, order_id)
    return len(found) == BATCH


EXPIRE_HOLDS = Periodic("expire-holds", timedelta(seconds=1), expire_holds)
