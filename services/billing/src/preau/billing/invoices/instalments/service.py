"""Making and cancelling the plan of an invoice. Payments are told of the part that can be paid alone."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.invoices import events, repository
from preau.billing.invoices.instalments import repository as plans
from preau.billing.invoices.instalments.domain import Instalment, faults
from preau.billing.invoices.lifecycle import PAYABLE
from preau.billing.invoices.tables import Invoice
from preau.billing.ledger import repository as ledger
from preau.billing.regies import repository as regies
from preau.common.db.clock import database_now
from preau.common.errors import Conflict, FieldErrors, NotFound


class NothingToSplit(Conflict):
    type, title = "nothing-to-split", "Rien à échelonner"


class NoPlan(Conflict):
    type, title = "no-plan", "Pas d’échéancier en cours"


async def make(
    session: AsyncSession, invoice_id: UUID, parts: Sequence[Instalment], *, reason: str
) -> Invoice:
    """Split what is due of an invoice. Raises `NotFound`, `NothingToSplit`, `FieldErrors`.

    Emits `InvoiceDueChangedV1`, which tells of the next part.
    """
    invoice = await _locked(session, invoice_id)
    if invoice.status not in PAYABLE or not invoice.due_cents or invoice.kind == "prepaid":
        raise NothingToSplit("Rien n’est dû de cette facture, ou sa réservation attend d’être payée.")
    day = await today(session, invoice.commune_id)
    if wrong := faults(parts, invoice.due_cents, day):
        raise FieldErrors(wrong)
    regie = await regies.regie(session, invoice.regie_id)
    await plans.state(
        session,
        invoice_id=invoice_id,
        commune_id=invoice.commune_id,
        parts=parts,
        is_paid_by_parts=regie is not None and regie.takes_parts,
        reason=reason,
    )
    return await _told(session, invoice)


async def cancel(session: AsyncSession, invoice_id: UUID) -> Invoice:
    """Give the plan up: all that is left is due as before. Raises `NotFound`, `NoPlan`."""
    invoice = await _locked(session, invoice_id)
    plan = await plans.plan_of(session, invoice_id)
    if plan is None or plan.cancelled_at is not None or invoice.status not in PAYABLE:
        raise NoPlan("Cette facture n’a pas d’échéancier en cours.")
    await plans.cancel(session, invoice_id)
    return await _told(session, invoice)


async def _locked(session: AsyncSession, invoice_id: UUID) -> Invoice:
    holder = (await repository.holders_of(session, [invoice_id])).get(invoice_id)
    if holder is None:
        raise NotFound("Cette facture n’existe pas.")
    await ledger.lock(session, [holder])
    invoice = await repository.lock(session, invoice_id)
    if invoice is None or invoice.status == "draft":
        raise NotFound("Cette facture n’existe pas.")
    return invoice


async def _told(session: AsyncSession, invoice: Invoice) -> Invoice:
    """The invoice in its next version: payments keep the newest."""
    await repository.set_due(
        session,
        [repository.Moved(invoice.invoice_id, invoice.status, invoice.due_cents, invoice.written_off_cents)],
    )
    (now,) = await repository.read(session, [invoice.invoice_id])
    await events.emit_moved(session, [now], await database_now(session))
    return now
