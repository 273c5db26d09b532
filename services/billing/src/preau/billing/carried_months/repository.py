"""SQL of carried months: those that wait, noting and ending them."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.carried_months.tables import CarriedMonth
from preau.billing.copies.tables import FamilyCopy
from preau.billing.regies.tables import Regie
from preau.common.db.filters import equal
from preau.common.db.keyset import Keyset, PageRequest
from preau.common.money import Cents

CARRIED = Keyset(
    CarriedMonth.carried_id,
    default="-carried",
    keys={"carried": CarriedMonth.carried_id, "amount": CarriedMonth.amount_cents},
)

_WAITING = "k.regie_id = CAST(:regie_id AS uuid) AND k.outcome IS NULL"
COVERS = f"""
{_WAITING} AND k.first_day < CAST(:after AS date) AND k.period >= CAST(:period AS text)
"""
"""A carried month ``k`` of the régie waits that has the run's month: the run leaves its family alone."""
COMES_BEFORE = f"""
{_WAITING} AND k.first_day < CAST(:first AS date) AND k.period < CAST(:period AS text)
"""
"""A carried month ``k`` of the régie waits for a month's end like the run's."""


class Carried(NamedTuple):
    """A month that waits, and whose it is."""

    month: CarriedMonth
    family_label: str
    regie_label: str


class Waiting(NamedTuple):
    """How many families have a month that waits, and their cents."""

    families: int
    cents: Cents


async def listed(
    session: AsyncSession, asked: PageRequest, *, regie_id: UUID | None
) -> tuple[list[Carried], str | None]:
    """A page of the months that wait, with the cursor of the next one."""
    query = (
        select(CarriedMonth, func.coalesce(FamilyCopy.label, ""), Regie.label)
        .join(Regie, Regie.regie_id == CarriedMonth.regie_id)
        .outerjoin(FamilyCopy, FamilyCopy.family_id == CarriedMonth.family_id)
        .where(CarriedMonth.outcome.is_(None), *equal((CarriedMonth.regie_id, regie_id)))
    )
    rows, next_cursor = await CARRIED.page(session, query, asked)
    return [Carried(row[0], row[1], row[2]) for row in rows], next_cursor


async def waiting(session: AsyncSession, *, regie_id: UUID | None) -> Waiting:
    """How much waits in all."""
    query = select(func.count(), func.coalesce(func.sum(CarriedMonth.amount_cents), 0)).where(
        CarriedMonth.outcome.is_(None), *equal((CarriedMonth.regie_id, regie_id))
    )
    return Waiting(*(await session.execute(query)).one())
