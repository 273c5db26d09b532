"""Every SQL statement about refunds."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.payments.refunds.lifecycle import WAITING, RefundStatus
from preau.payments.refunds.tables import Refund


class DueRefund(NamedTuple):
    """A refund whose provider is to be asked now."""

    commune_id: UUID
    refund_id: UUID


async def refund(session: AsyncSession, refund_id: UUID) -> Refund:
    """A refund as it stands now."""
    return await session.get_one(Refund, refund_id, populate_existing=True)


async def refund_under_way(session: AsyncSession, payment_id: UUID) -> Refund | None:
    """The refund of a payment that is asked for or done. Meant to be read under the payment's lock."""
    return await session.scalar(
        select(Refund).where(Refund.payment_id == payment_id, Refund.status != RefundStatus.DENIED)
    )


async def add_refund(session: AsyncSession, refund: Refund) -> None:
    session.add(refund)
    await session.flush()  # the row that a second request finds


async def claim_due(session: AsyncSession, limit: int, lease: timedelta) -> list[DueRefund]:
    """Refunds that wait for their provider, over all communes; put off by ``lease``."""
    due = (
        select(Refund.refund_id)
        .where(Refund.status.in_(WAITING), Refund.next_attempt_at <= func.clock_timestamp())
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = await session.execute(
        update(Refund)
        .where(Refund.refund_id.in_(due.scalar_subquery()))
        .values(next_attempt_at=func.clock_timestamp() + lease)
        .returning(Refund.commune_id, Refund.refund_id)
    )
    return [DueRefund(*row) for row in claimed]
