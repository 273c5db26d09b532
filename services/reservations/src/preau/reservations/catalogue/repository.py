"""Activities of a commune."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import func, insert, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.turns import take_turn
from preau.reservations.catalogue.domain import Activity
from preau.reservations.catalogue.tables import ActivityRow, OfferVersion, Site
from preau.reservations.copies.tables import TariffCopy
from preau.reservations.deadlines.domain import Deadline

_DEADLINE: TypeAdapter[Deadline] = TypeAdapter(Deadline)
COLUMNS = tuple(getattr(ActivityRow, name) for name in inspect(ActivityRow).column_attrs.keys())  # noqa: SIM118
_SELECT = (
    select(ActivityRow, Site.label, TariffCopy.first_day, Site.class_weekdays)
    .join(Site, Site.site_id == ActivityRow.site_id)
    .outerjoin(TariffCopy, TariffCopy.activity_id == ActivityRow.activity_id)
)


class Listed(NamedTuple):
    """An activity with its site's label and days of class; days before ``tariffed_from`` have no tariff."""

    row: ActivityRow
    site_label: str
    tariffed_from: date | None
    class_weekdays: Sequence[int]


def to_activity(
    row: Any, site_label: str, tariffed_from: date | None, class_weekdays: Sequence[int]
) -> Activity:
    """A row of :data:`COLUMNS` as the rules know it."""
    return Activity(
        activity_id=row.activity_id,
        commune_id=row.commune_id,
        site_id=row.site_id,
        site_label=site_label,
        label=row.label,
        regie_id=row.regie_id,
        unit=row.unit,
        payment_mode=row.payment_mode,
        decision=row.decision,
        cancellation_decision=row.cancellation_decision,
        weekdays=tuple(row.weekdays),
        holiday_weekdays=None if row.holiday_weekdays is None else tuple(row.holiday_weekdays),
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        open_in_holidays=row.open_in_holidays,
        default_capacity=row.default_capacity,
        hold_seconds=row.hold_seconds,
        levels=tuple(row.levels),
        booking_deadline=_DEADLINE.validate_python(row.booking_deadline),
        cancellation_deadline=_DEADLINE.validate_python(row.cancellation_deadline),
        status=row.status,
        class_weekdays=frozenset(class_weekdays),
        tariffed_from=tariffed_from,
    )


async def activities(session: AsyncSession, activity_ids: Collection[UUID]) -> dict[UUID, Activity]:
    """The named activities that the commune has."""
    rows = await session.execute(_SELECT.where(ActivityRow.activity_id.in_(activity_ids)))
    return {found[0].activity_id: to_activity(*found) for found in rows}


async def every_activity(session: AsyncSession) -> dict[UUID, Activity]:
    """All activities of the commune, by their label."""
    rows = await session.execute(_SELECT.order_by(ActivityRow.label))
    return {found[0].activity_id: to_activity(*found) for found in rows}


async def label_is_taken(session: AsyncSession, site_id: UUID, label: str, but: UUID | None = None) -> bool:
    """Whether another activity of the site that is not closed has this label, whatever its case.

    Who asks comes after everyone who asked and has not written yet.
    """
    await take_turn(session, f"activities/{site_id}")
    query = select(ActivityRow.activity_id).where(
        ActivityRow.site_id == site_id,
        func.lower(ActivityRow.label) == func.lower(label),
        ActivityRow.status != "closed",
    )
    return any(found != but for found in (await session.scalars(query)).all())


async def offer_version(session: AsyncSession) -> int:
    """The version of the commune's offer; 0 before anything was offered."""
    return (await session.scalar(select(OfferVersion.version))) or 0


async def activities_of_site(session: AsyncSession, site_id: UUID) -> dict[UUID, Activity]:
    """The active activities of a site by their label."""
    rows = await session.execute(
        _SELECT.where(ActivityRow.site_id == site_id, ActivityRow.status == "active").order_by(
            ActivityRow.label
        )
    )
    return {found[0].activity_id: to_activity(*found) for found in rows}


async def all_rows(session: AsyncSession, *, only_active: bool = False) -> list[Listed]:
    """Every activity of the commune with its site's label, by site and label."""
    query = _SELECT.order_by(Site.label, ActivityRow.label)
    if only_active:
        query = query.where(ActivityRow.status == "active", Site.status == "active")
    return [Listed(*found) for found in await session.execute(query)]


async def row(session: AsyncSession, activity_id: UUID) -> Listed | None:
    """One activity with its site's label."""
    found = (await session.execute(_SELECT.where(ActivityRow.activity_id == activity_id))).one_or_none()
    return None if found is None else Listed(*found)


async def lock(session: AsyncSession, activity_id: UUID) -> int | None:
    """The version of an activity, locked until the end of the transaction; None if there is none."""
    return await session.scalar(
        select(ActivityRow.version).where(ActivityRow.activity_id == activity_id).with_for_update()
    )


async def add(session: AsyncSession, values: dict[str, Any]) -> None:
    """Write a new activity."""
    await session.execute(insert(ActivityRow).values(**values))


async def change(session: AsyncSession, activity_id: UUID, values: dict[str, Any]) -> int:
    """Change an activity; its new version."""
    version = await session.execute(
        update(ActivityRow)
        .where(ActivityRow.activity_id == activity_id)
        .values(**values, version=ActivityRow.version + 1)
        .returning(ActivityRow.version)
        .execution_options(synchronize_session=False)
    )
    return version.scalar_one()


async def of_site(session: AsyncSession, site_id: UUID) -> Sequence[UUID]:
    """The ids of all activities of a site."""
    return (
        await session.scalars(select(ActivityRow.activity_id).where(ActivityRow.site_id == site_id))
    ).all()
