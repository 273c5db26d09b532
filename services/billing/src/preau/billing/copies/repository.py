"""Reading and writing the copies."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.tables import ActivityCopy, CommuneCopy, FamilyCopy

type_of_copy = type[CommuneCopy] | type[FamilyCopy] | type[ActivityCopy]


async def keep(session: AsyncSession, copy: type_of_copy, key: str, values: dict[str, Any]) -> None:
    """Insert or replace one copy, unless the one that we have is as new."""
    statement = insert(copy).values(values)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[key],
            set_={name: statement.excluded[name] for name in values if name != key},
            where=copy.version < statement.excluded.version,
        )
    )


async def commune(session: AsyncSession, commune_id: UUID) -> CommuneCopy | None:
    return await session.get(CommuneCopy, commune_id)


async def family(session: AsyncSession, family_id: UUID) -> FamilyCopy | None:
    return await session.get(FamilyCopy, family_id)


async def activities(session: AsyncSession, activity_ids: Collection[UUID]) -> dict[UUID, ActivityCopy]:
    """The activities that we know among those asked for."""
    found = await session.scalars(select(ActivityCopy).where(ActivityCopy.activity_id.in_(activity_ids)))
    return {activity.activity_id: activity for activity in found}


async def activities_of_regie(session: AsyncSession, regie_id: UUID) -> dict[UUID, ActivityCopy]:
    """The activities that a régie bills, closed ones included."""
    found = await session.scalars(select(ActivityCopy).where(ActivityCopy.regie_id == regie_id))
    return {activity.activity_id: activity for activity in found}
