"""SQL of what agents look invoices up by: names of the family, parts of the number; and by which index.

What finds few invoices is read first and then put in order; what finds many is read in the list's order
until a page is full. Which of both is decided here, by looking, and not by the server's statistics.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Uuid, column, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.tables import FamilyCopy
from preau.billing.invoices.numbers import Positions, Series, parts_of, positions
from preau.billing.invoices.tables import Invoice
from preau.billing.regies.tables import InvoiceSeries, Regie
from preau.common.db.text_search import holds_words

FAMILIES = 50
"""More of them are no longer few."""
INVOICES = 2000

_BY_NAME_OR_NUMBER = """
SELECT i.invoice_id FROM unnest(CAST(:families AS uuid[])) AS f (family_id) JOIN invoice i USING (family_id)
UNION
SELECT i.invoice_id
FROM unnest(CAST(:regies AS uuid[]), CAST(:years AS integer[]), CAST(:firsts AS integer[]),
    CAST(:lasts AS integer[])) AS n (regie_id, year, first, last)
JOIN invoice i ON i.regie_id = n.regie_id AND i.series_year = n.year
    AND i.series_number BETWEEN n.first AND n.last
"""
_OF_PERIOD = "SELECT i.invoice_id FROM invoice i WHERE i.period = :period AND i.status <> 'draft' OFFSET 0"
_OF_TOTAL = """
SELECT i.invoice_id FROM invoice i
WHERE i.total_cents BETWEEN :first AND :last AND i.status <> 'draft' OFFSET 0
"""
_ONE_BY_ONE = text("""
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true)
""")
_IN_ORDER = text("""
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
    set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true)
""")


class Few(NamedTuple):
    """Invoices that stand in a common table expression."""

    ids: CTE


class Many(NamedTuple):
    """What holds of the invoices."""

    condition: ColumnElement[bool]


async def looked_up(session: AsyncSession, typed: str) -> Few | Many:
    """The invoices of families whose names hold every word typed, and those whose number holds it."""
    named = select(FamilyCopy.family_id).where(*holds_words(FamilyCopy.search_key, typed))
    families = list(await session.scalars(named.limit(FAMILIES + 1)))
    parts = parts_of(typed)
    numbers = positions(await _series(session), parts, most=INVOICES) if parts else []
    if len(families) <= FAMILIES and numbers is not None:
        return _few_found(families, numbers)
    key = func.lower(func.replace(Invoice.number, "-", ""))
    return Many(or_(Invoice.family_id.in_(named), *(key.contains(part, autoescape=True) for part in parts)))


def of_family(family_id: UUID) -> Few:
    """The invoices of a family."""
    return _few_found([family_id], [])


def of_period(period: str) -> Few:
    """The invoices of a month."""
    return _few(_OF_PERIOD, {"period": period})


async def of_total(session: AsyncSession, first: int | None, last: int | None) -> Few | None:
    """The invoices of which the total lies between two amounts, if they are few."""
    names = {"first": -(2**31) if first is None else first, "last": 2**31 - 1 if last is None else last}
    counted = text(f"SELECT count(*) FROM ({_OF_TOTAL} LIMIT {INVOICES + 1}) AS few")  # noqa: S608
    await session.execute(_ONE_BY_ONE)
    found = (await session.execute(counted, names)).scalar_one()
    return _few(_OF_TOTAL, names) if found <= INVOICES else None


async def one_by_one(session: AsyncSession) -> None:
    """From now on the transaction reads what a few rows name, row by row."""
    await session.execute(_ONE_BY_ONE)


async def in_order(session: AsyncSession) -> None:
    """From now on the transaction reads along an index that has the order asked for."""
    await session.execute(_IN_ORDER)


async def _series(session: AsyncSession) -> list[Series]:
    query = select(InvoiceSeries.regie_id, InvoiceSeries.year, Regie.series_prefix, InvoiceSeries.last).join(
        Regie, Regie.regie_id == InvoiceSeries.regie_id
    )
    return [Series(*row) for row in await session.execute(query)]


def _few_found(families: Sequence[UUID], numbers: Sequence[Positions]) -> Few:
    return _few(
        _BY_NAME_OR_NUMBER,
        {
            "families": list(families),
            "regies": [each.regie_id for each in numbers],
            "years": [each.year for each in numbers],
            "firsts": [each.first for each in numbers],
            "lasts": [each.last for each in numbers],
        },
    )


def _few(statement: str, names: Mapping[str, object]) -> Few:
    ids = text(statement).bindparams(**names).columns(column("invoice_id", Uuid()))
    return Few(ids.cte("found"))
