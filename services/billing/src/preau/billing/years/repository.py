"""SQL of the years of a régie."""

from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.years.domain import YearTotals
from preau.billing.years.tables import ClosedYear

_TOTALS = text("""
WITH moved AS (
    SELECT extract(year FROM e.day)::integer AS year, p.account, sum(p.amount_cents) AS cents
    FROM entry e JOIN posting p USING (cause_id, kind) WHERE e.regie_id = :regie_id GROUP BY 1, 2
), of_year AS (
    SELECT year,
        -coalesce(sum(cents) FILTER (WHERE account = 'revenue'), 0) AS billed,
        coalesce(sum(cents) FILTER (WHERE account = 'cash'), 0) AS received,
        coalesce(sum(cents) FILTER (WHERE account = 'written_off'), 0) AS written_off,
        coalesce(sum(cents) FILTER (WHERE account = 'receivable'), 0) AS receivable,
        -coalesce(sum(cents) FILTER (WHERE account = 'credit'), 0) AS credit
    FROM moved GROUP BY 1
)
SELECT y.year, y.billed::bigint, y.received::bigint, y.written_off::bigint,
    (sum(y.receivable) OVER up_to)::bigint, (sum(y.credit) OVER up_to)::bigint, c.closed_at
FROM of_year y LEFT JOIN closed_year c ON c.regie_id = :regie_id AND c.year = y.year
WINDOW up_to AS (ORDER BY y.year) ORDER BY y.year DESC
""")


async def totals(session: AsyncSession, regie_id: UUID) -> list[YearTotals]:
    """The years in which something moved, the newest first."""
    rows = await session.execute(_TOTALS, {"regie_id": regie_id})
    return [YearTotals(*row) for row in rows]


async def closed(session: AsyncSession, regie_id: UUID) -> list[int]:
    """The years that are closed."""
    return list(await session.scalars(select(ClosedYear.year).where(ClosedYear.regie_id == regie_id)))


async def close(
    session: AsyncSession, regie_id: UUID, year: int, *, commune_id: UUID, agent_id: UUID
) -> None:
    """Close a year."""
    await session.execute(
        insert(ClosedYear).values(regie_id=regie_id, year=year, commune_id=commune_id, agent_id=agent_id)
    )


async def reopen(session: AsyncSession, regie_id: UUID, year: int) -> None:
    """Open a year again."""
    await session.execute(delete(ClosedYear).where(ClosedYear.regie_id == regie_id, ClosedYear.year == year))
