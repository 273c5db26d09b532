"""What identity tells: communes, families, erased accounts."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.messaging.consumer import Subscription
from preau.contracts import topology
from preau.contracts.identity import AccountErasedV1, CommuneUpdatedV1, FamilyUpdatedV1
from preau.reservations.copies import repository


async def keep_commune(session: AsyncSession, event: CommuneUpdatedV1) -> None:
    """A commune was created or changed."""
    await repository.keep_commune(session, event)


async def keep_family(session: AsyncSession, event: FamilyUpdatedV1) -> None:
    """A family was registered or changed."""
    await repository.keep_family(session, event)


async def forget_account(session: AsyncSession, event: AccountErasedV1) -> None:
    """An account was erased."""
    await repository.forget_account(session, event.aggregate_id)


COPIES = Subscription(
    topology.RESERVATIONS_COPIES,
    {CommuneUpdatedV1: keep_commune, FamilyUpdatedV1: keep_family, AccountErasedV1: forget_account},
)
