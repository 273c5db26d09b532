"""What billing makes of the payments' events."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.payments import service
from preau.contracts.payments import PaymentFailedV1, PaymentRefundedV1, PaymentSettledV1


async def settle(session: AsyncSession, event: PaymentSettledV1) -> None:
    for allocation in sorted(event.allocations, key=lambda allocation: allocation.invoice_id):
        await service.settle(
            session,
            payment_id=event.aggregate_id,
            invoice_id=allocation.invoice_id,
            amount_cents=allocation.amount_cents,
            settled_at=event.settled_at,
        )


async def ignore_failed(session: AsyncSession, event: PaymentFailedV1) -> None:
    """A payment that failed changes no invoice: it stays due, and the order's hold decides the rest."""


async def refund(session: AsyncSession, event: PaymentRefundedV1) -> None:
    for allocation in sorted(event.allocations, key=lambda allocation: allocation.invoice_id):
        await service.refund(
            session,
            payment_id=event.aggregate_id,
            invoice_id=allocation.invoice_id,
            amount_cents=allocation.amount_cents,
        )
