"""Writing off what is due of an invoice, and undoing it.

A write-off does not end the debt (instruction codificatrice M57, tome 2: une admission en non-valeur n'éteint
pas la dette): it only stops asking. Money that comes all the same takes it up, as `invoices.settlement` does.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.invoices import repository as invoices
from preau.billing.invoices.lifecycle import PAYABLE
from preau.billing.invoices.settlement import record, set_off_credit
from preau.billing.invoices.tables import Invoice
from preau.billing.ledger import repository as ledger
from preau.billing.ledger.domain import Entry, EntryKind, written_off
from preau.common.errors import Conflict, NotFound
from preau.common.ids import new_id
from preau.common.money import Cents


class NothingDue(Conflict):
    type, title = "nothing-due", "Rien n’est dû"


class HeldByItsOrder(Conflict):
    type, title = "held-by-its-order", "Facture de réservation"


class NotWrittenOff(Conflict):
    type, title = "not-written-off", "Facture pas admise en non-valeur"


async def write_off(session: AsyncSession, invoice_id: UUID, *, reason: str, agent_id: UUID) -> Invoice:
    """Write off all that is due of an invoice. Raises `NotFound`, `NothingDue`, `HeldByItsOrder`.

    A prepaid invoice is due as long as its order's hold lasts, which then cancels it: it is not written off.
    """
    invoice = await _locked(session, invoice_id)
    if invoice.kind == "prepaid":
        raise HeldByItsOrder(
            "Une facture de réservation s’annule d’elle-même quand elle n’est pas payée à temps."
        )
    if invoice.status not in PAYABLE or invoice.due_cents == 0:
        raise NothingDue("Rien n’est dû de cette facture : il n’y a rien à admettre en non-valeur.")
    entry = await _entry(session, invoice, "write_off", invoice.due_cents, reason, agent_id)
    await record(session, [entry])
    return await _read(session, invoice_id)


async def undo(session: AsyncSession, invoice_id: UUID, *, reason: str, agent_id: UUID) -> Invoice:
    """Ask again for what stands written off of an invoice; the family's credit is set off against it.

    Raises `NotFound`, `NotWrittenOff`.
    """
    invoice = await _locked(session, invoice_id)
    if invoice.status != "written_off":
        raise NotWrittenOff("Cette facture n’est pas admise en non-valeur.")
    entry = await _entry(session, invoice, "write_off_undone", -invoice.written_off_cents, reason, agent_id)
    await record(session, [entry])
    await set_off_credit(session, {invoice.holder: entry.cause_id})
    return await _read(session, invoice_id)


async def _locked(session: AsyncSession, invoice_id: UUID) -> Invoice:
    """An issued invoice, locked behind its family's account."""
    holder = (await invoices.holders_of(session, [invoice_id])).get(invoice_id)
    if holder is None:
        raise NotFound("Cette facture n’existe pas.")
    await ledger.lock(session, [holder])
    invoice = await invoices.lock(session, invoice_id)
    if invoice is None or invoice.status == "draft":
        raise NotFound("Cette facture n’existe pas.")
    return invoice


async def _entry(
    session: AsyncSession, invoice: Invoice, kind: EntryKind, cents: Cents, reason: str, agent_id: UUID
) -> Entry:
    return Entry(
        kind,
        new_id(),
        invoice.holder,
        await today(session, invoice.commune_id),
        written_off(invoice.invoice_id, cents),
        agent_id=agent_id,
        memo=reason,
    )


async def _read(session: AsyncSession, invoice_id: UUID) -> Invoice:
    (invoice,) = await invoices.read(session, [invoice_id])
    return invoice
