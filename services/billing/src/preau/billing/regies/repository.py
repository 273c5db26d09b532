"""SQL of régies."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.regies.tables import Regie, RegieHeading


async def regie(session: AsyncSession, regie_id: UUID) -> Regie | None:
    return await session.scalar(select(Regie).where(Regie.regie_id == regie_id))


async def lock(session: AsyncSession, regie_id: UUID) -> Regie | None:
    """One régie, locked until the end of the transaction."""
    return await session.scalar(select(Regie).where(Regie.regie_id == regie_id).with_for_update())


async def regies(session: AsyncSession) -> list[Regie]:
    """The commune's régies, by code."""
    return list(await session.scalars(select(Regie).order_by(Regie.code)))


async def add(session: AsyncSession, values: dict[str, Any]) -> Regie | None:
    """A new régie, or ``None`` if its code or prefix is taken."""
    return await session.scalar(insert(Regie).values(values).on_conflict_do_nothing().returning(Regie))


async def taken(session: AsyncSession, *, code: str, series_prefix: str) -> tuple[bool, bool]:
    """Whether another régie of the commune has the code, and whether one has the prefix."""
    found = (
        await session.execute(
            select(Regie.code, Regie.series_prefix).where(
                or_(Regie.code == code, Regie.series_prefix == series_prefix)
            )
        )
    ).all()
    return any(row.code == code for row in found), any(row.series_prefix == series_prefix for row in found)


async def change(session: AsyncSession, regie_id: UUID, values: dict[str, Any]) -> Regie:
    changed = await session.scalars(
        update(Regie)
        .where(Regie.regie_id == regie_id)
        .values(values | {"version": Regie.version + 1})
        .returning(Regie),
        execution_options={"populate_existing": True},
    )
    return changed.one()


async def heading(session: AsyncSession, regie_id: UUID, at: datetime) -> RegieHeading | None:
    """What the invoices of a régie printed that were drawn up at an instant; the first for older ones."""
    of_regie = select(RegieHeading).where(RegieHeading.regie_id == regie_id)
    then = of_regie.where(RegieHeading.since <= at).order_by(RegieHeading.since.desc()).limit(1)
    return await session.scalar(then) or await session.scalar(of_regie.order_by(RegieHeading.since).limit(1))
