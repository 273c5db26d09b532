"""Sites of a commune."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.turns import take_turn
from preau.reservations.calendars.domain import SCHOOL_WEEKDAYS
from preau.reservations.catalogue.tables import Site


class SiteRecord(NamedTuple):
    """A site as it stands; ``status`` is active or closed, ``class_weekdays`` have class (0 is Monday)."""

    site_id: UUID
    label: str
    status: str
    version: int = 1
    class_weekdays: Sequence[int] = tuple(sorted(SCHOOL_WEEKDAYS))


_SELECT = select(Site.site_id, Site.label, Site.status, Site.version, Site.class_weekdays)


async def sites(session: AsyncSession) -> list[SiteRecord]:
    """The sites of the commune by their label."""
    return [SiteRecord(*row) for row in await session.execute(_SELECT.order_by(Site.label))]


async def site(session: AsyncSession, site_id: UUID) -> SiteRecord | None:
    """One site."""
    row = (await session.execute(_SELECT.where(Site.site_id == site_id))).one_or_none()
    return None if row is None else SiteRecord(*row)


async def lock(session: AsyncSession, site_id: UUID) -> SiteRecord | None:
    """One site, locked until the end of the transaction."""
    query = _SELECT.where(Site.site_id == site_id).with_for_update()
    row = (await session.execute(query)).one_or_none()
    return None if row is None else SiteRecord(*row)


async def label_is_taken(
    session: AsyncSession, commune_id: UUID, label: str, but: UUID | None = None
) -> bool:
    """Whether another site of the commune has this label, whatever its case.

    Who asks comes after everyone who asked and has not written yet.
    """
    await take_turn(session, f"sites/{commune_id}")
    query = select(Site.site_id).where(func.lower(Site.label) == func.lower(label))
    return any(found != but for found in (await session.scalars(query)).all())


async def add(session: AsyncSession, commune_id: UUID, sites: Sequence[SiteRecord]) -> None:
    """Write new sites."""
    await session.execute(insert(Site), [{"commune_id": commune_id, **site._asdict()} for site in sites])


async def change(session: AsyncSession, site: SiteRecord) -> None:
    """Give a site its label, status, days of class and version."""
    await session.execute(
        update(Site)
        .where(Site.site_id == site.site_id)
        .values(
            label=site.label,
            status=site.status,
            version=site.version,
            class_weekdays=list(site.class_weekdays),
        )
        .execution_options(synchronize_session=False)
    )
