"""What billing makes of the payments' events."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.payments import service
from preau.billing.payments.service import Part
from preau.contracts.payments import PaymentFailedV1, PaymentSettledV1


async def settle(session: AsyncSession, event: PaymentSettledV1) -> None:
    await service.settle(
        session,
        event.aggregate_id,
        [Part(allocation.invoice_id, allocation.amount_cents) for allocation in event.allocations],
        method=event.method,
        settled_at=event.settled_at,
    )


async def ignore_failed(session: AsyncSession, event: PaymentFailedV1) -> None:
    """A payment that failed changes no invoice: it stays due, and the order's hold decides the rest."""
