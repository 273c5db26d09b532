"""Keeping the copies: what identity publishes of communes and families."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.copies import keep_copy
from preau.contracts.identity import CommuneUpdatedV1, FamilyUpdatedV1
from preau.requests.copies.tables import CommuneCopy, FamilyCopy


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
