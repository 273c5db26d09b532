"""Every SQL statement about copies: an older version than the one kept is ignored."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.copies import keep_copy
from preau.contracts.identity import CommuneUpdatedV1, FamilyUpdatedV1
from preau.payments.copies.tables import CommuneCopy, FamilyCopy


async def keep_commune(session: AsyncSession, event: CommuneUpdatedV1) -> None:
    values = event.model_dump(include={"commune_id", "name", "time_zone"})
    await keep_copy(session, CommuneCopy, values | {"version": event.aggregate_version})


async def keep_family(session: AsyncSession, event: FamilyUpdatedV1) -> None:
    payer = next((g for g in event.guardians if g.is_payer), event.guardians[0] if event.guardians else None)
    await keep_copy(
        session,
        FamilyCopy,
        {
            "family_id": event.aggregate_id,
            "commune_id": event.commune_id,
            "version": event.aggregate_version,
            "label": event.label,
            "payer_name": f"{payer.first_name} {payer.last_name}" if payer else event.label,
            "payer_email": payer.email if payer else "",
        },
    )


async def commune(session: AsyncSession, commune_id: UUID) -> CommuneCopy | None:
    return await session.get(CommuneCopy, commune_id)


async def family(session: AsyncSession, family_id: UUID) -> FamilyCopy | None:
    return await session.get(FamilyCopy, family_id)
