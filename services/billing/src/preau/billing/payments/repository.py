"""SQL of what payments do to invoices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.tables import Invoice, PaymentEffect
from preau.common.money import Cents


async def record(
    session: AsyncSession,
    payment_id: UUID,
    invoice: Invoice,
    *,
    applied_cents: Cents,
    credited_cents: Cents,
    settled_at: datetime,
) -> bool:
    """Record how a payment divides on an invoice; ``False`` if it counted already."""
    fresh = await session.scalar(
        insert(PaymentEffect)
        .values(
            payment_id=payment_id,
            invoice_id=invoice.invoice_id,
            commune_id=invoice.commune_id,
            family_id=invoice.family_id,
            applied_cents=applied_cents,
            credited_cents=credited_cents,
            settled_at=settled_at,
        )
        .on_conflict_do_nothing()
        .returning(PaymentEffect.payment_id)
    )
    return fresh is not None


async def effect(session: AsyncSession, payment_id: UUID, invoice_id: UUID) -> PaymentEffect | None:
    return await session.get(PaymentEffect, (payment_id, invoice_id), populate_existing=True)


async def record_refund(session: AsyncSession, effect: PaymentEffect, cents: Cents) -> None:
    effect.refunded_cents = cents
    await session.flush()  # the sum of the refunds reads it
