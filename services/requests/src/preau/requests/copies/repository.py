"""Statements on the copies of families and communes."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.requests.copies.tables import CommuneCopy, FamilyCopy


async def find_family(session: AsyncSession, family_id: UUID) -> FamilyCopy | None:
    """The copy of a family, if its event has arrived."""
    return await session.get(FamilyCopy, family_id)


async def find_families(session: AsyncSession, family_ids: set[UUID]) -> dict[UUID, FamilyCopy]:
    """The copies of several families by id."""
    rows = await session.scalars(select(FamilyCopy).where(FamilyCopy.family_id.in_(family_ids)))
    return {row.family_id: row for row in rows}


async def time_zone_of(session: AsyncSession, commune_id: UUID) -> str:
    """The commune's time zone; that of Paris until the commune's event has arrived."""
    commune = await session.get(CommuneCopy, commune_id)
    return commune.time_zone if commune else "Europe/Paris"
