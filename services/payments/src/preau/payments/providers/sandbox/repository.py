"""Every SQL statement about the books of the sandbox bank."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.money import Cents
from preau.payments.providers.protocols import Order
from preau.payments.providers.sandbox.tables import BankNotification, BankRefund, BankTransaction


async def open_transaction(session: AsyncSession, transaction_ref: str, regie_id: UUID, order: Order) -> str:
    """Open a transaction for an order, unless it has one; returns the reference of the one that it has."""
    merchant_ref = str(order.payment_id)
    await session.execute(
        insert(BankTransaction)
        .values(
            transaction_ref=transaction_ref,
            merchant_ref=merchant_ref,
            regie_id=regie_id,
            label=order.label,
            amount_cents=order.amount_cents,
            return_url=order.return_url,
            opened_at=func.clock_timestamp(),
        )
        .on_conflict_do_nothing()
    )
    opened = await session.execute(
        select(BankTransaction.transaction_ref).where(BankTransaction.merchant_ref == merchant_ref)
    )
    return opened.scalar_one()


async def lock_transaction(session: AsyncSession, transaction_ref: str) -> BankTransaction | None:
    return await session.get(BankTransaction, transaction_ref, with_for_update=True)


def add_notifications(session: AsyncSession, transaction: BankTransaction, due_at: datetime, n: int) -> None:
    """Have a transaction's notification posted ``n`` times."""
    session.add_all(
        BankNotification(
            transaction_ref=transaction.transaction_ref, regie_id=transaction.regie_id, due_at=due_at
        )
        for _ in range(n)
    )


async def is_refunded(session: AsyncSession, refund_id: UUID) -> bool:
    return await session.get(BankRefund, refund_id) is not None


async def refunded_cents(session: AsyncSession, transaction_ref: str) -> Cents:
    """What was given back of a transaction so far."""
    given = await session.execute(
        select(func.coalesce(func.sum(BankRefund.amount_cents), 0)).where(
            BankRefund.transaction_ref == transaction_ref
        )
    )
    return given.scalar_one()


def add_refund(session: AsyncSession, refund: BankRefund) -> None:
    session.add(refund)


async def claim_notifications(
    session: AsyncSession, limit: int, attempts: int, pause: timedelta
) -> list[BankNotification]:
    """Due notifications, each put off (``pause``, then twice as long each time) in case its post fails.

    Those that were tried ``attempts`` times are given up.
    """
    now = func.clock_timestamp()
    await session.execute(delete(BankNotification).where(BankNotification.attempts >= attempts))
    ready = (
        select(BankNotification.notification_id)
        .where(BankNotification.due_at <= now)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = await session.scalars(
        update(BankNotification)
        .where(BankNotification.notification_id.in_(ready.scalar_subquery()))
        .values(
            due_at=now + pause * func.power(2, BankNotification.attempts),
            attempts=BankNotification.attempts + 1,
        )
        .returning(BankNotification)
    )
    return list(claimed)


async def delete_notifications(session: AsyncSession, notification_ids: Sequence[UUID]) -> None:
    await session.execute(
        delete(BankNotification).where(BankNotification.notification_id.in_(notification_ids))
    )
