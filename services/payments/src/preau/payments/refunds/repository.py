"""Every SQL statement about refunds."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.money import Cents
from preau.payments.refunds.lifecycle import WAITING, RefundStatus
from preau.payments.refunds.tables import Refund


class DueRefund(NamedTuple):
    """A refund whose provider is to be asked now."""

    commune_id: UUID
    refund_id: UUID


async def refund(session: AsyncSession, refund_id: UUID) -> Refund:
    """A refund as it stands now."""
    return await session.get_one(Refund, refund_id, populate_existing=True)


async def known(session: AsyncSession, refund_id: UUID) -> bool:
    """Whether the refund was ordered before."""
    return await session.get(Refund, refund_id) is not None


async def given_back(session: AsyncSession, payment_id: UUID, *, done: bool) -> Cents:
    """What of a payment was given back, or with ``done`` false is under way, too. Read under its lock."""
    counted = [RefundStatus.DONE] if done else [RefundStatus.DONE, RefundStatus.REQUESTED]
    total = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(
        Refund.payment_id == payment_id, Refund.status.in_(counted)
    )
    return (await session.execute(total)).scalar_one()


async def add_refund(session: AsyncSession, refund: Refund) -> None:
    session.add(refund)
    await session.flush()  # the sum of the refunds reads it


async def move_refund(session: AsyncSession, refund: Refund, status: RefundStatus) -> None:
    refund.status = status
    await session.flush()  # the sum of what was given back reads it


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
