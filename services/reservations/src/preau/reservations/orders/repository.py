"""Orders and their prepaid invoices."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.reservations.orders.domain import Order
from preau.reservations.orders.lifecycle import UNPAID, OrderStatus
from preau.reservations.orders.tables import OrderInvoice, OrderRow

_COLUMNS = (
    OrderRow.order_id,
    OrderRow.commune_id,
    OrderRow.family_id,
    OrderRow.status,
    OrderRow.version,
    OrderRow.held_until,
)


async def order(session: AsyncSession, order_id: UUID, family_id: UUID | None = None) -> Order | None:
    """One order of the commune, or of one family."""
    query = select(*_COLUMNS).where(OrderRow.order_id == order_id)
    if family_id is not None:
        query = query.where(OrderRow.family_id == family_id)
    return _order((await session.execute(query)).one_or_none())


async def lock_unpaid(session: AsyncSession, order_id: UUID) -> Order | None:
    """The order, locked, if it still awaits payment: of payment and expiry one comes first."""
    return _order(
        (
            await session.execute(
                select(*_COLUMNS)
                .where(OrderRow.order_id == order_id, OrderRow.status.in_(UNPAID))
                .with_for_update()
            )
        ).one_or_none()
    )


def _order(row: Sequence[object] | None) -> Order | None:
    return None if row is None else Order(*row)  # pyright: ignore[reportArgumentType]


async def close(session: AsyncSession, order: Order, status: OrderStatus) -> int:
    """Give a locked order its last status; its new version."""
    version = await session.execute(
        update(OrderRow)
        .where(OrderRow.order_id == order.order_id)
        .values(status=status, version=OrderRow.version + 1)
        .returning(OrderRow.version)
        .execution_options(synchronize_session=False)
    )
    return version.scalar_one()


async def expired_holds(session: AsyncSession, limit: int) -> list[tuple[UUID, UUID]]:
    """Orders whose hold has ended by the database's clock, as (commune, order), oldest first."""
    rows = await session.execute(
        select(OrderRow.commune_id, OrderRow.order_id)
        .where(OrderRow.status.in_(UNPAID), OrderRow.held_until <= func.clock_timestamp())
        .order_by(OrderRow.held_until)
        .limit(limit)
    )
    return [(row.commune_id, row.order_id) for row in rows]


async def keep_invoice(
    session: AsyncSession,
    *,
    commune_id: UUID,
    order_id: UUID,
    invoice_id: UUID,
    regie_id: UUID,
    total_cents: int,
    status: str,
) -> None:
    """Keep what billing published of an invoice; ``open`` never replaces what came after it."""
    statement = upsert(OrderInvoice).values(
        invoice_id=invoice_id,
        commune_id=commune_id,
        order_id=order_id,
        regie_id=regie_id,
        total_cents=total_cents,
        status=status,
    )
    if status == "open":
        statement = statement.on_conflict_do_nothing()
    else:
        statement = statement.on_conflict_do_update(index_elements=["invoice_id"], set_={"status": status})
    await session.execute(statement)


async def invoices(session: AsyncSession, order_id: UUID) -> Sequence[OrderInvoice]:
    """The prepaid invoices of an order."""
    return (
        await session.scalars(
            select(OrderInvoice).where(OrderInvoice.order_id == order_id).order_by(OrderInvoice.invoice_id)
        )
    ).all()


async def cancelled_ids(session: AsyncSession, order_id: UUID) -> list[UUID]:
    """The bookings that an order cancelled, or asked to cancel."""
    return (
        await session.execute(select(OrderRow.cancelled_ids).where(OrderRow.order_id == order_id))
    ).scalar_one()


async def forget_account(session: AsyncSession, account_id: UUID) -> None:
    """Let no order name the account any more."""
    await session.execute(update(OrderRow).where(OrderRow.account_id == account_id).values(account_id=None))
