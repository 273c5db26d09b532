"""What providers made of the refunds that billing ordered."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.refunds import service
from preau.contracts.payments import PaymentRefundedV1, RefundDeniedV1


async def carried_out(session: AsyncSession, event: PaymentRefundedV1) -> None:
    await service.carry_out(session, event)


async def denied(session: AsyncSession, event: RefundDeniedV1) -> None:
    await service.take_back(session, event)
