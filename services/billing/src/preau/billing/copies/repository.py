"""Reading and writing the copies."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.tables import ActivityCopy, CommuneCopy, FamilyCopy


async def commune(session: AsyncSession, commune_id: UUID) -> CommuneCopy | None:
    return await session.get(CommuneCopy, commune_id)


async def colour_and_logo(session: AsyncSession, commune_id: UUID) -> tuple[str, bytes | None] | None:
    """The colour and the logo of a commune that we know."""
    query = select(CommuneCopy.accent_colour, CommuneCopy.logo).where(CommuneCopy.commune_id == commune_id)
    row = (await session.execute(query)).first()
    return (row[0], row[1]) if row else None


async def family(session: AsyncSession, family_id: UUID) -> FamilyCopy | None:
    return await session.get(FamilyCopy, family_id)


async def activities(session: AsyncSession, activity_ids: Collection[UUID]) -> dict[UUID, ActivityCopy]:
    """The activities that we know among those asked for."""
    found = await session.scalars(select(ActivityCopy).where(ActivityCopy.activity_id.in_(activity_ids)))
    return {activity.activity_id: activity for activity in found}


async def lock_activity(session: AsyncSession, activity_id: UUID) -> bool:
    """Whether we know an activity, locked to the transaction's end: its tariffs are stated one by one."""
    query = select(ActivityCopy.activity_id).where(ActivityCopy.activity_id == activity_id)
    return await session.scalar(query.with_for_update()) is not None


async def activities_of_regie(session: AsyncSession, regie_id: UUID) -> dict[UUID, ActivityCopy]:
    """The activities that a régie bills, closed ones included."""
    found = await session.scalars(select(ActivityCopy).where(ActivityCopy.regie_id == regie_id))
    return {activity.activity_id: activity for activity in found}
