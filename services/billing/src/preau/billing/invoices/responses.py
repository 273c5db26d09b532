"""What the parents' and the agents' invoice routes have in common."""

from collections.abc import Sequence
from datetime import date
from typing import TypedDict
from uuid import UUID

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices import listing_repository, repository
from preau.billing.invoices.pdf import Printed, render
from preau.billing.invoices.references_repository import references
from preau.billing.invoices.schemas import LineOut, ReferenceOut
from preau.billing.invoices.tables import Invoice, InvoiceLine, carried_periods
from preau.billing.letterheads.service import letterhead
from preau.billing.regies import repository as regies
from preau.common.errors import NotFound
from preau.common.http.pages import decode_cursor


def after_of(cursor: str | None) -> tuple[date, UUID] | None:
    """The last invoice of the page before."""
    keys = decode_cursor(cursor, date.fromisoformat, UUID)
    return (keys[0], keys[1]) if keys else None


def keys_of(invoice: Invoice) -> Sequence[object]:
    return invoice.issued_on, invoice.invoice_id


async def find(session: AsyncSession, invoice_id: UUID, family_id: UUID | None = None) -> Invoice:
    """One issued invoice; raises `NotFound` for a draft or another family's."""
    invoice = await listing_repository.issued(session, invoice_id, family_id=family_id)
    if invoice is None:
        raise NotFound("Cette facture n’existe pas.")
    return invoice


class LinesOut(TypedDict):
    """What an invoice's detail tells beyond the invoice."""

    lines: list[LineOut]
    carried_periods: list[str]


def lines_out(invoice: Invoice, lines: Sequence[InvoiceLine]) -> LinesOut:
    return {
        "lines": [LineOut.model_validate(vars(line) | {"dates": sorted(set(line.days))}) for line in lines],
        "carried_periods": carried_periods(invoice, lines),
    }


async def references_out(session: AsyncSession, invoice_id: UUID) -> list[ReferenceOut]:
    found = await references(session, [invoice_id])
    return [ReferenceOut.model_validate(each._asdict()) for each in found.get(invoice_id, [])]


async def printed_of(session: AsyncSession, invoice: Invoice, public_url: str) -> Printed:
    """An invoice with all that it prints."""
    lines = await repository.lines(session, invoice.invoice_id)
    heading = await regies.heading(session, invoice.regie_id, invoice.created_at)
    refers = (await references(session, [invoice.invoice_id])).get(invoice.invoice_id, [])
    return Printed(invoice, lines, heading, f"{public_url}/factures/{invoice.invoice_id}", refers)


async def pdf_response(session: AsyncSession, invoice: Invoice, public_url: str) -> Response:
    """The invoice as PDF, to be shown or saved under its number."""
    return Response(
        await render(
            await printed_of(session, invoice, public_url), await letterhead(session, invoice.commune_id)
        ),
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{invoice.number}.pdf"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
