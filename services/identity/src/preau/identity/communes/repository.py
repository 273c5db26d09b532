"""Communes in the database."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import NotFound
from preau.identity.communes.tables import Commune


async def all_communes(session: AsyncSession) -> Sequence[Commune]:
    """Every commune, by name."""
    return (await session.scalars(select(Commune).order_by(Commune.name, Commune.commune_id))).all()


async def commune_by_id(session: AsyncSession, commune_id: UUID) -> Commune:
    """The commune. Raises ``NotFound``."""
    commune = await session.get(Commune, commune_id)
    if commune is None:
        raise NotFound("Cette commune est inconnue.")
    return commune


async def lock_commune(session: AsyncSession, commune_id: UUID) -> Commune:
    """The commune as it stands, locked until the end of the transaction. Raises ``NotFound``."""
    commune = await session.get(Commune, commune_id, with_for_update=True, populate_existing=True)
    if commune is None:
        raise NotFound("Cette commune est inconnue.")
    return commune


async def commune_to_go_by(session: AsyncSession, commune_id: UUID) -> Commune:
    """The commune, which nobody changes until the end of the transaction. Raises ``NotFound``."""
    commune = await session.get(Commune, commune_id, with_for_update={"read": True}, populate_existing=True)
    if commune is None:
        raise NotFound("Cette commune est inconnue.")
    return commune


async def commune_exists(session: AsyncSession, commune_id: UUID) -> bool:
    """Whether there is a commune with that id."""
    return await session.get(Commune, commune_id) is not None


async def commune_by_slug(session: AsyncSession, slug: str) -> Commune | None:
    """The commune with that short name, if any."""
    return await session.scalar(select(Commune).where(Commune.slug == slug))


async def logo_of(session: AsyncSession, commune_id: UUID) -> bytes | None:
    """The commune's logo, a PNG, if it has one."""
    return await session.scalar(select(Commune.logo).where(Commune.commune_id == commune_id))


async def add_commune(session: AsyncSession, commune: Commune) -> None:
    """Insert a commune; flushed, because its agents refer to it."""
    session.add(commune)
    await session.flush()


async def change_commune(session: AsyncSession, commune_id: UUID, changes: dict[str, Any]) -> Commune:
    """Write the changes and let the version grow. Raises ``NotFound``."""
    changed = await session.scalar(
        update(Commune)
        .where(Commune.commune_id == commune_id)
        .values(**changes, version=Commune.version + 1)
        .returning(Commune)
        .execution_options(populate_existing=True)
    )
    if changed is None:
        raise NotFound("Cette commune est inconnue.")
    return changed
