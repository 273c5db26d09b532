"""What is printed into one file: which invoices, with what on them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.invoices.pdf import Printed
from preau.billing.invoices.references_repository import references
from preau.billing.prints import repository
from preau.billing.prints.schemas import PrintIn
from preau.billing.prints.tables import PrintJob
from preau.billing.regies import repository as regies
from preau.billing.regies.tables import RegieHeading
from preau.common.errors import Conflict
from preau.common.ids import new_id

MOST = 20_000
"""The most invoices of a print."""
AT_ONCE = 100
"""The invoices of a chunk: some two seconds of a core."""


class NothingToPrint(Conflict):
    """No invoice is as it was asked for."""

    type, title = "nothing-to-print", "Rien à imprimer"


class TooManyToPrint(Conflict):
    """More invoices than one file may hold."""

    type, title = "too-many-to-print", "Trop de factures à la fois"


async def begin(session: AsyncSession, commune_id: UUID, asked: PrintIn) -> PrintJob:
    """Have the invoices printed. Raises `NothingToPrint` and `TooManyToPrint`."""
    ids = await repository.chosen(session, asked, await today(session, commune_id), MOST)
    if not ids:
        raise NothingToPrint("Aucune facture ne correspond : il n’y a rien à imprimer.")
    if len(ids) > MOST:
        raise TooManyToPrint(f"Plus de {MOST} factures correspondent : choisissez un mois ou une régie.")
    chunks = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    about = asked.model_dump(mode="json")
    named = {"print_id": new_id(), "commune_id": commune_id, "status": "rendering", "about": about}
    return await repository.add(
        session, PrintJob(**named, invoices=len(ids), chunks_total=len(chunks)), chunks
    )


async def printed_of(session: AsyncSession, ids: Sequence[UUID], public_url: str) -> list[Printed]:
    """Invoices with all that they print, in the order of ``ids``."""
    headings: dict[tuple[UUID, datetime], RegieHeading | None] = {}
    printed: list[Printed] = []
    refers = await references(session, ids)
    for invoice, lines in await repository.invoices(session, ids):
        then = (invoice.regie_id, invoice.created_at)
        if then not in headings:
            headings[then] = await regies.heading(session, *then)
        link = f"{public_url}/factures/{invoice.invoice_id}"
        found = refers.get(invoice.invoice_id, [])
        printed.append(Printed(invoice, lines, headings[then], link, found))
    return printed
