"""Parents read their invoices."""

from uuid import UUID

from fastapi import APIRouter, Response

from preau.billing.copies.calendar import today
from preau.billing.invoices import listing_repository, repository
from preau.billing.invoices.instalments.repository import upcoming_of
from preau.billing.invoices.listing_repository import Wanted
from preau.billing.invoices.responses import after_of, find, keys_of, lines_out, pdf_response, references_out
from preau.billing.invoices.schemas import InvoiceDetail, InvoiceOut, invoice_out
from preau.billing.settings import Settings
from preau.common.http.pages import CursorParameter, Limit, Page, page_of
from preau.common.http.permissions import Family
from preau.common.http.unit_of_work import Transaction

router = APIRouter(prefix="/parent/families/{family_id}/invoices", tags=["factures"])


@router.get("")
async def list_invoices(
    family: Family,
    session: Transaction,
    status: Wanted = "all",
    limit: Limit = 50,
    cursor: CursorParameter = None,
) -> Page[InvoiceOut]:
    rows = await listing_repository.of_family(
        session, family.family_id, wanted=status, after=after_of(cursor), limit=limit + 1
    )
    page, next_cursor = page_of(rows, limit, keys_of)
    day = await today(session, family.commune_id)
    parts = await upcoming_of(session, page, day)
    items = [invoice_out(invoice, day, parts.get(invoice.invoice_id)) for invoice in page]
    return Page(items=items, next_cursor=next_cursor)


@router.get("/{invoice_id}")
async def read_invoice(family: Family, session: Transaction, invoice_id: UUID) -> InvoiceDetail:
    invoice = await find(session, invoice_id, family.family_id)
    lines = await repository.lines(session, invoice_id)
    day = await today(session, family.commune_id)
    parts = await upcoming_of(session, [invoice], day)
    return InvoiceDetail(
        **invoice_out(invoice, day, parts.get(invoice_id)).model_dump(),
        **lines_out(invoice, lines),
        references=await references_out(session, invoice_id),
    )


@router.get(
    "/{invoice_id}/pdf", response_class=Response, responses={200: {"content": {"application/pdf": {}}}}
)
async def read_invoice_pdf(
    family: Family, session: Transaction, settings: Settings, invoice_id: UUID
) -> Response:
    return await pdf_response(session, await find(session, invoice_id, family.family_id), settings.public_url)
