"""SQL of the agents' list of invoices: its filters and orders."""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.filters import InvoiceFilters
from preau.billing.invoices.lifecycle import PAYABLE
from preau.billing.invoices.tables import Invoice
from preau.common.db.filters import between, contains_words, equal
from preau.common.db.keyset import Keyset, PageRequest

INVOICES = Keyset(
    Invoice.invoice_id,
    default="-issued_on",
    keys={
        "issued_on": Invoice.issued_on,
        "number": Invoice.number,
        "family": Invoice.family_key,
        "due_date": Invoice.due_date,
        "total": Invoice.total_cents,
    },
)


async def listed(
    session: AsyncSession, asked: PageRequest, filters: InvoiceFilters
) -> tuple[list[Invoice], str | None]:
    """A page of the commune's invoices, with the cursor of the next one. Drafts show only with their run."""
    return await INVOICES.entities(session, select(Invoice).where(*_conditions(filters)), asked)


def _conditions(filters: InvoiceFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Invoice.status != "draft"]
    if filters.q:
        by_number = Invoice.number.icontains(filters.q, autoescape=True)
        conditions.append(or_(by_number, and_(*contains_words(Invoice.family_key, filters.q))))
    if filters.status == "open":
        conditions.append(Invoice.status.in_(PAYABLE))
    elif filters.status:
        conditions.append(Invoice.status == filters.status)
    conditions += equal(
        (Invoice.kind, filters.kind),
        (Invoice.regie_id, filters.regie_id),
        (Invoice.family_id, filters.family_id),
    )
    conditions += between(Invoice.due_date, filters.due_from, filters.due_to)
    return conditions + between(Invoice.total_cents, filters.min_cents, filters.max_cents)
