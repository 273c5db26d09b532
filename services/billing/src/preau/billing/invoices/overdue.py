"""SQL of what is past due."""

from datetime import date
from typing import cast

from sqlalchemy import ColumnElement, Date, bindparam, text

from preau.billing.invoices.tables import Invoice

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
