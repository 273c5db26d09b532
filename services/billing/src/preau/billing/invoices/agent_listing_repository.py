"""SQL of the agents' list of invoices: its filters and orders."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices import search_repository as search
from preau.billing.invoices.filters import InvoiceFilters
from preau.billing.invoices.overdue import overdue
from preau.billing.invoices.search_repository import Few, Many
from preau.billing.invoices.tables import Invoice
from preau.common.db.filters import between, equal
from preau.common.db.keyset import Keyset, PageRequest
from preau.common.db.text_search import words_of

LONGEST_DUE = timedelta(days=365)
"""The most days that a régie gives to pay."""

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
    session: AsyncSession, asked: PageRequest, filters: InvoiceFilters, today: date
) -> tuple[list[Invoice], str | None]:
    """A page of the commune's invoices, with the cursor of the next one. Drafts show only with their run."""
    query = select(Invoice).where(*_conditions(filters, today))
    looked_up = await search.looked_up(session, filters.q) if words_of(filters.q) else None
    few = looked_up if isinstance(looked_up, Few) else await _few(session, filters)
    if isinstance(looked_up, Many):
        query = query.where(looked_up.condition)
    if few is not None:
        query = query.join(few.ids, few.ids.c.invoice_id == Invoice.invoice_id)
    await (search.in_order if few is None else search.one_by_one)(session)
    return await INVOICES.entities(session, query, asked)


async def _few(session: AsyncSession, filters: InvoiceFilters) -> Few | None:
    """The filter that leaves few invoices, if one does."""
    if filters.family_id:
        return search.of_family(filters.family_id)
    if filters.period:
        return search.of_period(filters.period)
    if filters.min_cents is not None or filters.max_cents is not None:
        return await search.of_total(session, filters.min_cents, filters.max_cents)
    return None


def _conditions(filters: InvoiceFilters, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Invoice.status != "draft"]
    if filters.status == "open":
        conditions.append(Invoice.due_cents > 0)
    elif filters.status == "overdue":
        conditions += overdue(today)
    elif filters.status in ("paid", "in_favour"):
        is_avoir = Invoice.total_cents < 0
        conditions += [Invoice.status == "paid", is_avoir if filters.status == "in_favour" else ~is_avoir]
    elif filters.status:
        conditions.append(Invoice.status == filters.status)
    if filters.kind == "credit_note":
        conditions.append(or_(Invoice.kind == filters.kind, Invoice.total_cents < 0))
    elif filters.kind:
        conditions += [Invoice.kind == filters.kind, Invoice.total_cents >= 0]
    conditions += equal(
        (Invoice.regie_id, filters.regie_id),
        (Invoice.family_id, filters.family_id),
        (Invoice.period, filters.period),
    )
    conditions += between(Invoice.due_date, filters.due_from, filters.due_to)
    # What is due then was issued before: the list's own order finds its place.
    conditions += between(Invoice.issued_on, _issued_from(filters.due_from), filters.due_to)
    return conditions + between(Invoice.total_cents, filters.min_cents, filters.max_cents)


def _issued_from(due_from: date | None) -> date | None:
    """The first day on which something due then was issued; none where the calendar has no such day."""
    if due_from is None or due_from - date.min < LONGEST_DUE:
        return None
    return due_from - LONGEST_DUE
