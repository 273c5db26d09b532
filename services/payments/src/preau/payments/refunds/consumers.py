"""What billing orders to be given back."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.contracts.billing import RefundOrderedV1
from preau.payments.refunds import service


async def ordered(session: AsyncSession, event: RefundOrderedV1) -> None:
    await service.take_order(session, event)
