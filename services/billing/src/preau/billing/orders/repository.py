"""SQL of prepaid orders."""

from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.orders.tables import PrepaidOrder
from preau.contracts.reservations import OrderClosedV1, OrderPlacedV1


async def add(session: AsyncSession, event: OrderPlacedV1) -> bool:
    """Note a placed order; ``False`` if it is known, by its end perhaps."""
    fresh: UUID | None = await session.scalar(
        insert(PrepaidOrder)
        .values(
            order_id=event.aggregate_id,
            commune_id=event.commune_id,
            family_id=event.family_id,
            status=event.status,
        )
        .on_conflict_do_nothing()
        .returning(PrepaidOrder.order_id)
    )
    return fresh is not None


async def keep_end(session: AsyncSession, event: OrderClosedV1) -> None:
    """Note an order's end, also if it comes before its beginning."""
    statement = insert(PrepaidOrder).values(
        order_id=event.aggregate_id,
        commune_id=event.commune_id,
        family_id=event.family_id,
        status=event.status,
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[PrepaidOrder.order_id],
            set_={"status": statement.excluded.status, "updated_at": func.now()},
        )
    )
