"""What identity tells: communes, families, erased accounts."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.copies import keep_copy
from preau.common.messaging.consumer import Subscription
from preau.contracts import topology
from preau.contracts.identity import AccountErasedV1, CommuneUpdatedV1, FamilyUpdatedV1
from preau.requests.copies.tables import CommuneCopy, FamilyCopy
from preau.requests.documents.repository import forget_account as forget_documents_account
from preau.requests.messages.repository import forget_account as forget_messages_account
from preau.requests.requests.repository import forget_account as forget_requests_account


async def copy_commune(session: AsyncSession, event: CommuneUpdatedV1) -> None:
    """Keep the commune's name and time zone."""
    await keep_copy(
        session,
        CommuneCopy,
        {
            "commune_id": event.commune_id,
            "version": event.aggregate_version,
            "name": event.name,
            "time_zone": event.time_zone,
        },
    )


async def copy_family(session: AsyncSession, event: FamilyUpdatedV1) -> None:
    """Keep who the family's guardians and children are, by name: no address, no quotient."""
    await keep_copy(
        session,
        FamilyCopy,
        {
            "family_id": event.aggregate_id,
            "commune_id": event.commune_id,
            "version": event.aggregate_version,
            "label": event.label,
            "status": event.status,
            "guardians": [
                guardian.model_dump(mode="json", include={"guardian_id", "first_name", "last_name"})
                for guardian in event.guardians
            ],
            "children": [
                child.model_dump(mode="json", include={"child_id", "first_name", "last_name"})
                for child in event.children
            ],
        },
    )


async def forget_account(session: AsyncSession, event: AccountErasedV1) -> None:
    """Unlink what an erased account wrote; the commune keeps the file itself."""
    await forget_requests_account(session, event.aggregate_id)
    await forget_messages_account(session, event.aggregate_id)
    await forget_documents_account(session, event.aggregate_id)


SUBSCRIPTION = Subscription(
    queue=topology.REQUESTS_COPIES,
    handlers={
        CommuneUpdatedV1: copy_commune,
        FamilyUpdatedV1: copy_family,
        AccountErasedV1: forget_account,
    },
)
