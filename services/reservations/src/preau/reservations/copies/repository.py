"""Reading and refreshing the copies."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.copies import CopyKeeper, keep_copy
from preau.common.money import Cents
from preau.contracts.billing import FamilyDebtChangedV1, TariffUpdatedV1
from preau.contracts.identity import CommuneUpdatedV1, FamilyUpdatedV1
from preau.reservations.copies.domain import ChildRecord, CommuneRecord
from preau.reservations.copies.tables import ChildCopy, CommuneCopy, DebtCopy, FamilyCopy, TariffCopy


class FamilyContext(NamedTuple):
    """A family, what keeps it from booking, its commune, and the database's clock at the time of reading."""

    commune: CommuneRecord
    family_is_active: bool
    debt_cents: Cents
    now: datetime


COMMUNE_COLUMNS = (
    CommuneCopy.commune_id,
    CommuneCopy.name,
    CommuneCopy.time_zone,
    CommuneCopy.school_zone,
    CommuneCopy.contact_email,
    CommuneCopy.contact_phone,
)
CHILD_COLUMNS = (
    ChildCopy.child_id,
    ChildCopy.family_id,
    ChildCopy.first_name,
    ChildCopy.last_name,
    ChildCopy.birth_date,
    ChildCopy.class_name,
    ChildCopy.level,
    ChildCopy.diet,
)


async def family_context(session: AsyncSession, family_id: UUID) -> FamilyContext | None:
    """The family with its commune and the present instant, or None while no copy has arrived."""
    row = (
        await session.execute(
            select(
                *COMMUNE_COLUMNS,
                FamilyCopy.status,
                func.coalesce(DebtCopy.owed_cents, 0),
                func.clock_timestamp(),
            )
            .join(FamilyCopy, FamilyCopy.commune_id == CommuneCopy.commune_id)
            .outerjoin(DebtCopy, DebtCopy.family_id == FamilyCopy.family_id)
            .where(FamilyCopy.family_id == family_id)
        )
    ).one_or_none()
    if row is None:
        return None
    return FamilyContext(CommuneRecord(*row[:6]), row[6] == "active", row[7], row[8])


async def commune(session: AsyncSession, commune_id: UUID) -> CommuneRecord | None:
    """The commune, or None while no copy has arrived."""
    row = (
        await session.execute(select(*COMMUNE_COLUMNS).where(CommuneCopy.commune_id == commune_id))
    ).one_or_none()
    return None if row is None else CommuneRecord(*row)


async def today(session: AsyncSession, commune_id: UUID) -> date:
    """The present day in the commune, by the database's clock; in Paris while no copy has arrived."""
    known = await commune(session, commune_id) or CommuneRecord(commune_id, "")
    return known.today(await database_now(session))


async def children(
    session: AsyncSession, family_id: UUID, child_ids: Collection[UUID] | None = None
) -> dict[UUID, ChildRecord]:
    """The children of a family, all or those named, the eldest first; another family's is not among them."""
    query = (
        select(*CHILD_COLUMNS)
        .where(ChildCopy.family_id == family_id)
        .order_by(ChildCopy.birth_date, ChildCopy.child_id)
    )
    if child_ids is not None:
        query = query.where(ChildCopy.child_id.in_(child_ids))
    return {row.child_id: ChildRecord(*row) for row in await session.execute(query)}


def _of_commune(event: CommuneUpdatedV1) -> dict[str, Any]:
    values = event.model_dump(
        include={"commune_id", "name", "time_zone", "school_zone", "contact_email", "contact_phone"}
    )
    return values | {"version": event.aggregate_version}


keep_commune = CopyKeeper(CommuneCopy, _of_commune)
"""Keeps the commune unless a newer version is known."""


def _of_tariff(event: TariffUpdatedV1) -> dict[str, Any]:
    return {
        "activity_id": event.aggregate_id,
        "commune_id": event.commune_id,
        "version": event.aggregate_version,
        "first_day": event.first_day,
    }


keep_tariff = CopyKeeper(TariffCopy, _of_tariff)
"""Keeps since when an activity has a tariff, unless a newer version is known."""


def _of_debt(event: FamilyDebtChangedV1) -> dict[str, Any]:
    return {
        "family_id": event.aggregate_id,
        "commune_id": event.commune_id,
        "version": event.aggregate_version,
        "owed_cents": event.owed_cents,
    }


keep_debt = CopyKeeper(DebtCopy, _of_debt)
"""Keeps what keeps a family from booking, unless a newer version is known."""


async def keep_family(session: AsyncSession, event: FamilyUpdatedV1) -> None:
    """Keep the family and its children unless a newer version is known."""
    values = {
        "family_id": event.aggregate_id,
        "commune_id": event.commune_id,
        "version": event.aggregate_version,
        "label": event.label,
        "status": event.status,
    }
    if not await keep_copy(session, FamilyCopy, values):
        return
    await session.execute(delete(ChildCopy).where(ChildCopy.family_id == event.aggregate_id))
    rows = [
        {
            "family_id": event.aggregate_id,
            "commune_id": event.commune_id,
            "child_id": child.child_id,
            "first_name": child.first_name,
            "last_name": child.last_name,
            "birth_date": child.birth_date,
            "class_name": child.class_name,
            "level": child.level,
            "diet": child.diet,
        }
        for child in event.children
    ]
    if rows:
        await session.execute(insert(ChildCopy), rows)
