"""SQL of lists: issued invoices of a family, and of the commune. Drafts show only with their run."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.lifecycle import PAYABLE
from preau.billing.invoices.tables import Invoice

Wanted = Literal["open", "paid", "all"]


async def of_family(
    session: AsyncSession,
    family_id: UUID,
    *,
    wanted: Wanted,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Invoice]:
    """A family's invoices, the newest first: open, paid (or written off or cancelled), or all.

    ``after`` is the last one of the page before.
    """
    query = select(Invoice).where(Invoice.family_id == family_id, _issued())
    if wanted == "open":
        query = query.where(Invoice.status.in_(PAYABLE))
    elif wanted == "paid":
        query = query.where(Invoice.status.not_in(PAYABLE))
    if after is not None:
        query = query.where(tuple_(Invoice.issued_on, Invoice.invoice_id) < tuple_(*after))
    newest_first = query.order_by(Invoice.issued_on.desc(), Invoice.invoice_id.desc())
    return list(await session.scalars(newest_first.limit(limit)))


async def issued(session: AsyncSession, invoice_id: UUID, *, family_id: UUID | None = None) -> Invoice | None:
    """One issued invoice; of this family only, if one is named."""
    query = select(Invoice).where(Invoice.invoice_id == invoice_id, _issued())
    if family_id is not None:
        query = query.where(Invoice.family_id == family_id)
    return await session.scalar(query)


async def any_of_commune(session: AsyncSession, invoice_id: UUID) -> Invoice | None:
    """One invoice or draft."""
    return await session.scalar(select(Invoice).where(Invoice.invoice_id == invoice_id))


async def of_run(session: AsyncSession, run_id: UUID, *, after: UUID | None, limit: int) -> list[Invoice]:
    """A run's invoices, drafts included."""
    query = select(Invoice).where(Invoice.run_id == run_id).order_by(Invoice.invoice_id).limit(limit)
    if after is not None:
        query = query.where(Invoice.invoice_id > after)
    return list(await session.scalars(query))


def _issued() -> Any:
    return Invoice.status != "draft"
