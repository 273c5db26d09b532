"""Keeping the copies: what identity says of communes, families and accounts."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.messaging.consumer import Subscription
from preau.contracts import topology
from preau.contracts.identity import AccountErasedV1, CommuneUpdatedV1, FamilyUpdatedV1
from preau.payments.copies import repository
from preau.payments.payments.tables import Payment


async def forget_account(session: AsyncSession, event: AccountErasedV1) -> None:
    """Payments stay, as accounts of the commune must; who clicked is forgotten."""
    await session.execute(
        update(Payment).where(Payment.account_id == event.aggregate_id).values(account_id=None)
    )


SUBSCRIPTION = Subscription(
    queue=topology.PAYMENTS_COPIES,
    handlers={
        CommuneUpdatedV1: repository.keep_commune,
        FamilyUpdatedV1: repository.keep_family,
        AccountErasedV1: forget_account,
    },
)
