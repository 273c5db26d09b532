"""SQL of what was billed of prepaid bookings."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.lifecycle import LIVE
from preau.billing.invoices.tables import Invoice, InvoiceLine
from preau.common.money import Cents
from preau.contracts.reservations import BookingStatus

_BILLED = text("""
WITH line AS (
    SELECT b.booking_id, l.invoice_id, l.kind, l.child_name, l.activity_label, b.units, b.cents
    FROM charge c
    JOIN invoice_line l ON l.family_id = c.family_id AND l.first_day <= c.service_date
        AND l.last_day >= c.service_date AND c.booking_id = ANY (l.bookings)
    JOIN invoice i ON i.invoice_id = l.invoice_id AND i.status <> 'draft'
    CROSS JOIN LATERAL unnest(l.bookings, l.quantities, l.amounts) AS b (booking_id, units, cents)
    WHERE c.booking_id = ANY (CAST(:ids AS uuid[])) AND b.booking_id = c.booking_id
)
SELECT p.invoice_id, c.booking_id, c.status, c.child_id, s.child_name, c.activity_id, s.activity_label,
    c.service_date, s.units, s.cents
FROM charge c
JOIN (
    SELECT booking_id, min(child_name) AS child_name, min(activity_label) AS activity_label,
        coalesce(sum(units) FILTER (WHERE kind = 'charge'), 0)::integer AS units, sum(cents)::integer AS cents
    FROM line GROUP BY 1
) AS s USING (booking_id)
JOIN LATERAL (
    SELECT l.invoice_id FROM line l JOIN invoice i USING (invoice_id)
    WHERE l.booking_id = c.booking_id AND i.kind <> 'credit_note' AND i.status <> 'cancelled'
    ORDER BY i.kind = 'prepaid' DESC, l.invoice_id DESC LIMIT 1
) AS p ON true
WHERE s.units <> 0 OR s.cents <> 0
ORDER BY c.booking_id
""")


class Billed(NamedTuple):
    """What stands billed of a booking (``units``, ``cents``), and the invoice that counts it."""

    invoice_id: UUID
    booking_id: UUID
    status: BookingStatus
    child_id: UUID
    child_name: str
    activity_id: UUID
    activity_label: str
    service_date: date
    units: int
    cents: Cents


async def counting(session: AsyncSession, bookings: Sequence[UUID]) -> list[Invoice]:
    """The live invoices that count these bookings: prepaid ones, and complements to them."""
    families = text("SELECT family_id FROM charge WHERE booking_id = ANY (CAST(:ids AS uuid[]))")
    family_ids = set(await session.scalars(families, {"ids": list(bookings)}))
    found = await session.scalars(
        select(Invoice)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.invoice_id)
        .where(
            Invoice.kind != "credit_note",
            Invoice.status.in_(LIVE),
            InvoiceLine.family_id.in_(family_ids),
            InvoiceLine.bookings.overlap(list(bookings)),
        )
        .order_by(Invoice.invoice_id)
        .distinct()
    )
    return list(found)


async def billed(session: AsyncSession, bookings: Sequence[UUID]) -> list[Billed]:
    """What stands billed of these bookings; nothing of one that was given back whole."""
    rows = await session.execute(_BILLED, {"ids": list(bookings)})
    return [Billed(*row) for row in rows]
