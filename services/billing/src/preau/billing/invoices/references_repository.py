"""SQL of what a document refers to: the invoice that it cancels, those that it corrects."""

from collections import defaultdict
from collections.abc import Collection
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

Act = Literal["cancels", "corrects"]

_REFERENCES = text("""
SELECT i.invoice_id, o.invoice_id, o.number,
    CASE WHEN o.invoice_id = i.cancels_invoice_id THEN 'cancels' ELSE 'corrects' END
FROM unnest(CAST(:ids AS uuid[])) AS n (id)
CROSS JOIN LATERAL (SELECT * FROM invoice WHERE invoice_id = n.id OFFSET 0) AS i
CROSS JOIN LATERAL (
    SELECT p.invoice_id, p.number, p.series_year, p.series_number FROM invoice p
    WHERE p.invoice_id IN (i.cancels_invoice_id, i.corrects_invoice_id)
    UNION
    SELECT p.invoice_id, p.number, p.series_year, p.series_number
    FROM invoice_line own
    CROSS JOIN LATERAL (
        SELECT l.invoice_id FROM invoice_line l
        WHERE l.family_id = i.family_id AND l.first_day <= own.last_day AND l.last_day >= own.first_day
            AND l.invoice_id <> i.invoice_id AND l.bookings && own.bookings OFFSET 0
    ) AS billed
    CROSS JOIN LATERAL (SELECT * FROM invoice WHERE invoice_id = billed.invoice_id OFFSET 0) AS p
    WHERE own.invoice_id = i.invoice_id AND i.kind <> 'credit_note' AND p.kind <> 'credit_note'
        AND p.regie_id = i.regie_id AND p.status NOT IN ('draft', 'cancelled')
        AND p.created_at < i.created_at
    OFFSET 0
) AS o
ORDER BY i.invoice_id, o.series_year, o.series_number
""")
"""Document by document, each found by its key: few of thousands refer to another."""


class Reference(NamedTuple):
    """An invoice that a document cancels or corrects."""

    invoice_id: UUID
    number: str
    act: Act


async def references(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[Reference]]:
    """What documents refer to, in the order of the numbers: a credit note says it, others bill again.

    One that was cancelled is not corrected any more: what it billed is billed anew.
    """
    found: defaultdict[UUID, list[Reference]] = defaultdict(list)
    for row in await session.execute(_REFERENCES, {"ids": list(ids)}):
        found[row[0]].append(Reference(*row[1:]))
    return found
