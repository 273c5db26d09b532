"""Every SQL statement about copies: an older version than the one kept is ignored."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.copies import CopyKeeper
from preau.contracts.identity import CommuneUpdatedV1, FamilyUpdatedV1
from preau.payments.copies.tables import CommuneCopy, FamilyCopy


def _of_commune(event: CommuneUpdatedV1) -> dict[str, Any]:
    values = event.model_dump(include={"commune_id", "name", "time_zone"})
    return values | {"version": event.aggregate_version}


def _of_family(event: FamilyUpdatedV1) -> dict[str, Any]:
    payer = next((g for g in event.guardians if g.is_payer), event.guardians[0] if event.guardians else None)
    return {
        "family_id": event.aggregate_id,
        "commune_id": event.commune_id,
        "version": event.aggregate_version,
        "label": event.label,
        "payer_name": f"{payer.first_name} {payer.last_name}" if payer else event.label,
        "payer_email": payer.email if payer else "",
    }


keep_commune = CopyKeeper(CommuneCopy, _of_commune)
keep_family = CopyKeeper(FamilyCopy, _of_family)


async def commune(session: AsyncSession, commune_id: UUID) -> CommuneCopy | None:
    return await session.get(CommuneCopy, commune_id)


async def family(session: AsyncSession, family_id: UUID) -> FamilyCopy | None:
    return await session.get(FamilyCopy, family_id)


async def time_zone(session: AsyncSession, commune_id: UUID) -> str:
    """The commune's time zone; that of Paris until the commune's event has arrived."""
    found = await commune(session, commune_id)
    return found.time_zone if found else "Europe/Paris"
