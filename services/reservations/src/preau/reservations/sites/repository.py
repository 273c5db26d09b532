"""Sites of a commune."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.reservations.sites.tables import Site


async def sites(session: AsyncSession, *, only_active: bool = False) -> Sequence[Site]:
    """The sites of the commune by their label."""
    query = select(Site).order_by(Site.label)
    return (await session.scalars(query.where(Site.status == "active") if only_active else query)).all()


async def site(session: AsyncSession, site_id: UUID) -> Site | None:
    """One site."""
    return await session.get(Site, site_id)


async def label_is_taken(session: AsyncSession, label: str, but: UUID | None = None) -> bool:
    """Whether another site of the commune has this label, whatever its case."""
    query = select(Site.site_id).where(func.lower(Site.label) == func.lower(label))
    return any(found != but for found in (await session.scalars(query)).all())
