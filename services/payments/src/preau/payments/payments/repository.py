"""Every SQL statement about payments."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from preau.payments.payables.repository import lock_payables
from preau.payments.payments.lifecycle import LIVE
from preau.payments.payments.tables import Allocation, Payment

WHOLE = (selectinload(Payment.allocations),)


class Due(NamedTuple):
    """A payment whose provider is to be asked now."""

    commune_id: UUID
    payment_id: UUID


async def live_payments_on(session: AsyncSession, invoice_ids: Sequence[UUID]) -> list[Payment]:
    """The live payments that hold one of these invoices, to be read under the lock of their payables."""
    holding = select(Allocation.payment_id).where(Allocation.invoice_id.in_(invoice_ids))
    found = await session.scalars(
        select(Payment)
        .where(Payment.payment_id.in_(holding), Payment.status.in_(LIVE))
        .options(*WHOLE)
        .execution_options(populate_existing=True)
    )
    return list(found)


def _payment(payment_id: UUID) -> Select[Payment]:
    return (
        select(Payment)
        .where(Payment.payment_id == payment_id)
        .options(*WHOLE)
        .execution_options(populate_existing=True)
    )


async def payment(session: AsyncSession, payment_id: UUID) -> Payment | None:
    """A payment with its allocations, as it stands now."""
    return await session.scalar(_payment(payment_id))


async def payment_to_change(session: AsyncSession, payment_id: UUID) -> Payment:
    """A payment, locked, after its payables: whoever changes a payment takes both locks in this order.

    Allocations never change, so that reading them needs no lock.
    """
    invoice_ids = await session.scalars(
        select(Allocation.invoice_id).where(Allocation.payment_id == payment_id)
    )
    await lock_payables(session, list(invoice_ids))
    found = await session.scalar(_payment(payment_id).with_for_update(of=Payment))
    if found is None:
        raise LookupError(f"no payment {payment_id}")
    return found


async def newest_payments(
    session: AsyncSession,
    *,
    family_id: UUID,
    before: UUID | None,
    limit: int,
) -> Sequence[Payment]:
    """Payments of one family, newest first: those before ``before``."""
    statement = select(Payment).where(Payment.family_id == family_id)
    statement = statement.order_by(Payment.payment_id.desc()).limit(limit).options(*WHOLE)
    if before is not None:
        statement = statement.where(Payment.payment_id < before)
    return (await session.scalars(statement)).all()


async def claim_question(session: AsyncSession, payment_id: UUID, at_most_every: timedelta) -> bool:
    """Whether the provider may be asked now about this payment; if so, nobody else may for that long."""
    claimed = await session.execute(
        update(Payment)
        .where(
            Payment.payment_id == payment_id,
            or_(Payment.asked_at.is_(None), Payment.asked_at < func.clock_timestamp() - at_most_every),
        )
        .values(asked_at=func.clock_timestamp())
        .returning(Payment.payment_id)
    )
    return claimed.first() is not None


async def claim_due(session: AsyncSession, limit: int, lease: timedelta) -> list[Due]:
    """Payments whose next check is due, over all communes; put off by ``lease`` in case we die over them."""
    due = (
        select(Payment.payment_id)
        .where(Payment.next_check_at <= func.clock_timestamp())
        .order_by(Payment.next_check_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = await session.execute(
        update(Payment)
        .where(Payment.payment_id.in_(due.scalar_subquery()))
        .values(next_check_at=func.clock_timestamp() + lease, asked_at=func.clock_timestamp())
        .returning(Payment.commune_id, Payment.payment_id)
    )
    return [Due(*row) for row in claimed]


async def ask_soon(session: AsyncSession, payment_id: UUID) -> None:
    """Have the provider asked at the next round."""
    await session.execute(
        update(Payment).where(Payment.payment_id == payment_id).values(next_check_at=func.clock_timestamp())
    )


async def forget_account(session: AsyncSession, account_id: UUID) -> None:
    """Forget whose click made payments."""
    await session.execute(update(Payment).where(Payment.account_id == account_id).values(account_id=None))


def add_payment(session: AsyncSession, payment: Payment) -> None:
    session.add(payment)


async def payment_named(
    session: AsyncSession, provider: str, provider_ref: str, regie_id: UUID
) -> Payment | None:
    """The payment that a provider calls ``provider_ref``."""
    return await session.scalar(
        select(Payment).where(
            Payment.provider == provider,
            Payment.provider_ref == provider_ref,
            Payment.regie_id == regie_id,
        )
    )
