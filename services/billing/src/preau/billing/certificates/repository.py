"""SQL of tax certificates: the documents of a family, and what the ledger says was paid of them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.certificates.domain import Cared, Document, Settled

_DOCUMENTS = text("""
SELECT i.invoice_id, i.total_cents, l.child_id, l.activity_id, l.activity_label, l.days, l.amounts
FROM invoice i JOIN invoice_line l USING (invoice_id)
WHERE i.family_id = :family_id AND i.invoice_id = ANY (CAST(:ids AS uuid[])) ORDER BY i.invoice_id, l.position
""")
_SETTLED = text("""
SELECT invoice_id, day, sum(cents)::integer FROM (
    SELECT p.invoice_id, e.day, -p.amount_cents AS cents FROM entry e JOIN posting p USING (cause_id, kind)
    WHERE e.family_id = :family_id AND e.day <= :last AND p.account = 'receivable'
        AND (e.kind NOT IN ('invoice', 'credit_note', 'write_off')
            OR e.kind = 'credit_note' AND p.amount_cents > 0)
    UNION ALL
    SELECT e.cause_id, e.day, p.amount_cents FROM entry e JOIN posting p USING (cause_id, kind)
    WHERE e.family_id = :family_id AND e.day <= :last AND e.kind IN ('invoice', 'credit_note')
        AND (p.account = 'credit'
            OR p.account = 'receivable' AND e.kind = 'credit_note' AND p.amount_cents > 0)
) AS moved GROUP BY 1, 2 HAVING sum(cents) <> 0
""")
"""Paid is what came off what was due, but by a credit note or a write-off. A credit note gives back what it
makes credit of; one that takes credit back takes it off the invoices that it makes due again."""


async def settled(session: AsyncSession, family_id: UUID, last: date) -> list[Settled]:
    """What was paid and given back of each document of a family, day by day, up to a day."""
    rows = await session.execute(_SETTLED, {"family_id": family_id, "last": last})
    return [Settled(*row) for row in rows]


async def documents(session: AsyncSession, family_id: UUID, ids: Sequence[UUID]) -> list[Document]:
    """These documents of a family, each with what its lines count day by day."""
    found: dict[UUID, tuple[int, list[Cared]]] = {}
    for row in await session.execute(_DOCUMENTS, {"family_id": family_id, "ids": list(ids)}):
        cared = found.setdefault(row.invoice_id, (row.total_cents, []))[1]
        for day, cents in zip(row.days, row.amounts, strict=True):
            cared.append(Cared(row.child_id, row.activity_id, row.activity_label, day, cents))
    return [Document(invoice_id, total, cared) for invoice_id, (total, cared) in found.items()]
