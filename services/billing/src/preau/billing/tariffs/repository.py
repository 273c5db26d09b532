"""SQL of tariffs."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.tariffs.definition import DEFINITION
from preau.billing.tariffs.domain import PriceList, Tariff
from preau.billing.tariffs.tables import TariffRow


async def price_list(session: AsyncSession, activity_ids: Collection[UUID]) -> PriceList:
    """The tariffs of activities, of all dates, without those that a later statement superseded."""
    found: dict[UUID, list[Tariff]] = {}
    for row in await current(session, activity_ids):
        tariff = Tariff(row.effective_from, DEFINITION.validate_python(row.definition))
        found.setdefault(row.activity_id, []).append(tariff)
    return PriceList(found)


async def current(session: AsyncSession, activity_ids: Collection[UUID] | None = None) -> list[TariffRow]:
    """The tariffs that none superseded, by activity and date; of all activities without ``activity_ids``."""
    query = (
        select(TariffRow)
        .where(TariffRow.superseded_at.is_(None))
        .order_by(TariffRow.activity_id, TariffRow.effective_from)
    )
    if activity_ids is not None:
        query = query.where(TariffRow.activity_id.in_(activity_ids))
    return list(await session.scalars(query))


async def version_of(session: AsyncSession, activity_id: UUID, effective_from: date) -> int:
    """The version of the tariff that holds from a day on; 0 when none was stated for it."""
    query = select(TariffRow.version).where(
        TariffRow.activity_id == activity_id,
        TariffRow.effective_from == effective_from,
        TariffRow.superseded_at.is_(None),
    )
    return await session.scalar(query) or 0


async def statements(session: AsyncSession, activity_id: UUID) -> tuple[int, date]:
    """How often tariffs of an activity that has one were stated, and the first day that has one."""
    query = select(func.count(), func.min(TariffRow.effective_from)).where(
        TariffRow.activity_id == activity_id
    )
    count, first_day = (await session.execute(query)).one()
    return count, first_day


async def add(session: AsyncSession, values: dict[str, Any]) -> TariffRow:
    """Add a tariff; the one of the same activity and day, if any, is superseded."""
    superseded = await session.scalar(
        update(TariffRow)
        .where(
            TariffRow.activity_id == values["activity_id"],
            TariffRow.effective_from == values["effective_from"],
            TariffRow.superseded_at.is_(None),
        )
        .values(superseded_at=func.clock_timestamp())
        .returning(TariffRow.version)
    )
    row = TariffRow(**values, version=(superseded or 0) + 1)
    session.add(row)
    await session.flush()  # the answer and the audit log need the row's defaults
    return row
