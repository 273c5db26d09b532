"""SQL of exports: the invoices and credit notes of a month, and what a régie cashed in it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.exports.domain import Debtor, Origin, Piece, reference_of
from preau.common.money import Cents

_TITLES = """
SELECT i.series_number, i.number, i.period, i.family_id, i.addressee,
    array_agg(l.activity_label ORDER BY l.activity_label) AS labels,
    array_agg(l.cents ORDER BY l.activity_label) AS cents, i.total_cents,
    o.series_year AS origin_year, o.series_number AS origin_number, coalesce(a.number, '') AS undoes
FROM invoice i
JOIN LATERAL (
    SELECT activity_label, sum(amount_cents)::integer AS cents FROM invoice_line
    WHERE invoice_id = i.invoice_id GROUP BY 1
) AS l ON l.cents <> 0
LEFT JOIN invoice a ON a.invoice_id = i.cancels_invoice_id AND a.total_cents < 0
LEFT JOIN invoice o ON o.invoice_id = coalesce(
    CASE WHEN a.invoice_id IS NULL THEN coalesce(i.cancels_invoice_id, i.corrects_invoice_id)
        ELSE coalesce(a.cancels_invoice_id, a.corrects_invoice_id) END, (
    SELECT m.invoice_id FROM invoice m
    WHERE m.regie_id = i.regie_id AND m.family_id = i.family_id
        AND m.kind = 'month_end' AND m.status NOT IN ('draft', 'cancelled')
        AND (m.period = i.period OR m.period > i.period AND (
            SELECT to_char(f.carried_from, 'YYYY-MM') <= i.period FROM run_family f
            WHERE f.run_id = m.run_id AND f.family_id = m.family_id))
    ORDER BY m.period LIMIT 1
))
WHERE i.regie_id = :regie_id AND i.status <> 'draft' AND i.issued_on >= :first AND i.issued_on < :after
    AND {sign}
GROUP BY i.invoice_id, o.invoice_id, a.invoice_id ORDER BY i.series_year, i.series_number
"""
"""``a`` is the avoir that an invoice cancels, ``o`` the titre that an avoir, this one or ``a``, reduces."""
_CHARGED = text(_TITLES.format(sign="i.total_cents > 0"))
_REDUCED = text(_TITLES.format(sign="i.total_cents < 0"))
_CASHED = text("""
SELECT p.detail, sum(p.amount_cents)::integer FROM entry e JOIN posting p USING (cause_id, kind)
WHERE e.regie_id = :regie_id AND e.day >= :first AND e.day < :after AND p.account = 'cash'
GROUP BY 1 HAVING sum(p.amount_cents) > 0 ORDER BY 1
""")


async def charged(session: AsyncSession, regie_id: UUID, first: date, after: date) -> list[Piece]:
    """The invoices that a régie issued from ``first`` to before ``after``."""
    rows = await session.execute(_CHARGED, {"regie_id": regie_id, "first": first, "after": after})
    return [_piece(row) for row in rows]


async def reduced(session: AsyncSession, regie_id: UUID, first: date, after: date) -> list[Piece]:
    """Its credit notes, and invoices below zero, with the titre that each takes from where there is one.

    A complement takes from the month's end of its month, or of the one that its month was carried over to.
    """
    rows = await session.execute(_REDUCED, {"regie_id": regie_id, "first": first, "after": after})
    return [_piece(row) for row in rows]


async def cashed(
    session: AsyncSession, regie_id: UUID, first: date, after: date
) -> Sequence[tuple[str, Cents]]:
    """What came in, by instrument, less what went back by the same."""
    rows = await session.execute(_CASHED, {"regie_id": regie_id, "first": first, "after": after})
    return [(row[0], row[1]) for row in rows]


def _piece(row: Any) -> Piece:
    """A line an activity; one line where some activities are charged and others given back."""
    by_activity = [(label, abs(cents)) for label, cents in zip(row.labels, row.cents, strict=True)]
    is_plain = sum(cents for _, cents in by_activity) == abs(row.total_cents)
    lines = by_activity if is_plain else [(", ".join(row.labels), abs(row.total_cents))]
    takes = row.total_cents < 0 or row.undoes
    origin = Origin(row.origin_year, row.origin_number) if takes and row.origin_year else None
    return Piece(row.series_number, row.period, row.number, lines, _debtor(row), origin, row.undoes)


def _debtor(row: Any) -> Debtor:
    named = row.addressee["name"]
    civility = next((each for each in ("Mme", "M.") if named.startswith(f"{each} ")), "")
    return Debtor(
        reference=reference_of(row.family_id),
        civility=civility.rstrip("."),
        name=named.removeprefix(f"{civility} ") if civility else named,
        street=row.addressee["street"],
        postal_code=row.addressee["postal_code"],
        city=row.addressee["city"],
    )
