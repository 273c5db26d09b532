"""SQL of what is past due."""

from datetime import date
from typing import cast

from sqlalchemy import ColumnElement, Date, bindparam, text

from preau.billing.invoices.tables import Invoice

PURSUED = """
i.due_cents > 0 AND i.status = ANY (CAST(:payable AS text[])) AND i.kind <> 'prepaid'
    AND NOT EXISTS (SELECT FROM instalment_plan p
        WHERE p.invoice_id = i.invoice_id AND p.cancelled_at IS NULL)
"""
"""Whether what is due of an invoice ``i`` is pursued once it is late: reminders, the block of bookings."""
CIVIL_DAY = """
LEFT JOIN commune_copy c ON c.commune_id = r.commune_id
CROSS JOIN LATERAL (
    SELECT (clock_timestamp() AT TIME ZONE coalesce(c.time_zone, 'Europe/Paris'))::date AS today
) AS t
"""
"""The day ``t.today`` that it is in the commune of a row ``r``."""
FEW_ARE_LATE = (
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
)
"""A plan that rests on statistics of another day would read all invoices."""
_OFF_PLAN = text("""
NOT EXISTS (
    SELECT FROM instalment_plan p WHERE p.invoice_id = invoice.invoice_id AND p.cancelled_at IS NULL
        AND (SELECT coalesce(sum(cents) FILTER (WHERE due_on < :today), 0) <= sum(cents) - invoice.due_cents
            FROM jsonb_to_recordset(p.parts) AS part (due_on date, cents integer))
)
""")
"""Not under a plan of which all that is past its day is paid."""


def overdue(today: date) -> list[ColumnElement[bool]]:
    """Something is due, since before today, and no plan that the family keeps to gives it more time."""
    off_plan = _OFF_PLAN.bindparams(bindparam("today", today, type_=Date()))
    return [Invoice.due_cents > 0, Invoice.due_date < today, cast("ColumnElement[bool]", off_plan)]
