"""What is printed into one file: which invoices or letters, with what on them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.invoices.pdf import Printed, compiled
from preau.billing.invoices.references_repository import references
from preau.billing.letterheads.service import letterhead
from preau.billing.prints import repository
from preau.billing.prints.schemas import PrintIn
from preau.billing.prints.tables import PrintJob
from preau.billing.regies import repository as regies
from preau.billing.regies.tables import RegieHeading
from preau.billing.reminders import letters
from preau.billing.reminders import repository as reminders
from preau.common.db.clock import database_now
from preau.common.errors import Conflict
from preau.common.ids import new_id

MOST = 20_000
"""The most invoices of a print."""
AT_ONCE = 100
"""The invoices of a chunk: some two seconds of a core."""


NOTHING = {
    "invoices": "Aucune facture ne correspond : il n’y a rien à imprimer.",
    "reminders": "Aucune lettre n’attend d’être envoyée.",
}
TOO_MANY = {
    "invoices": f"Plus de {MOST} factures correspondent : choisissez un mois ou une régie.",
    "reminders": f"Plus de {MOST} lettres attendent : choisissez une régie.",
}


class NothingToPrint(Conflict):
    """No invoice is as it was asked for."""

    type, title = "nothing-to-print", "Rien à imprimer"


class TooManyToPrint(Conflict):
    """More invoices than one file may hold."""

    type, title = "too-many-to-print", "Trop de factures à la fois"


async def begin(session: AsyncSession, commune_id: UUID, asked: PrintIn) -> PrintJob:
    """Have the invoices, or the letters, printed. Raises `NothingToPrint` and `TooManyToPrint`."""
    documents = await _chosen(session, commune_id, asked)
    if not documents:
        raise NothingToPrint(NOTHING[asked.document])
    if len(documents) > MOST:
        raise TooManyToPrint(TOO_MANY[asked.document])
    starts = range(0, len(documents), AT_ONCE)
    chunks = [list(chain.from_iterable(documents[start : start + AT_ONCE])) for start in starts]
    about = asked.model_dump(mode="json")
    named = {"print_id": new_id(), "commune_id": commune_id, "status": "rendering", "about": about}
    return await repository.add(
        session, PrintJob(**named, invoices=len(documents), chunks_total=len(chunks)), chunks
    )


async def _chosen(session: AsyncSession, commune_id: UUID, asked: PrintIn) -> list[list[UUID]]:
    """The invoices that each document tells of."""
    if asked.document == "reminders":
        waiting = await reminders.to_send(session, regie_id=asked.regie_id, most=MOST)
        return [letter.invoice_ids for letter in waiting]
    ids = await repository.chosen(session, asked, await today(session, commune_id), MOST)
    return [[invoice_id] for invoice_id in ids]


async def rendered(
    session: AsyncSession, commune_id: UUID, print_id: UUID, ids: Sequence[UUID], public_url: str
) -> Callable[[], bytes]:
    """What makes the PDF of a chunk of a print: all that it needs is read."""
    head = await letterhead(session, commune_id)
    job = await repository.find(session, print_id)
    if job is not None and job.about.get("document") == "reminders":
        day, now = await today(session, commune_id), await database_now(session)
        written = await letters.letters(session, ids, day=day, now=now, public_url=public_url)
        return partial(letters.compiled, written, head, day)
    return partial(compiled, await printed_of(session, ids, public_url), head)


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
