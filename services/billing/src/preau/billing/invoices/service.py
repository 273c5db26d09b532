"""Issuing, paying and cancelling: nothing else gives numbers or moves an invoice. Each emits its event."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.copies.families import Addressee
from preau.billing.copies.tables import CommuneCopy
from preau.billing.invoices import events, repository
from preau.billing.invoices.credits import open_credit, void_credit
from preau.billing.invoices.domain import BilledCharge, Draft, Issuer, lines_of, number
from preau.billing.invoices.draft_repository import write_drafts
from preau.billing.invoices.lifecycle import INVOICE, PaymentAct
from preau.billing.invoices.repository import Issued, Numbered
from preau.billing.invoices.tables import Invoice, InvoiceLine
from preau.billing.regies.repository import regie as find_regie
from preau.billing.regies.tables import Regie
from preau.common.db.clock import database_now
from preau.common.errors import Conflict, NotFound
from preau.common.ids import new_id
from preau.common.lifecycle import IllegalMove
from preau.common.money import Cents
from preau.wording.dates import and_list


class NotCancellable(Conflict):
    type, title = "not-cancellable", "Facture déjà annulée"


class InvoiceCorrected(Conflict):
    type, title = "invoice-corrected", "Facture corrigée depuis"


def issuer_of(commune: CommuneCopy | None, regie: Regie) -> Issuer:
    """Who bills, as it stands now; blank for a commune that is not known here."""
    if commune is None:
        return Issuer("", regie.label)
    return Issuer(commune.name, regie.label, commune.contact_email, commune.contact_phone)


async def issue(
    session: AsyncSession, regie: Regie, ids: Sequence[UUID], *, due_days: int, aggregate_id: UUID
) -> None:
    """Issue the drafts ``ids``: in this order they take the next numbers of the régie.

    Emits `InvoiceIssuedV1` of those that are to be paid; the aggregate is the run, or the invoice if it
    stands alone. Those that ask for nothing (zero, or money back) are settled at once. The caller holds
    the drafts locked. The series is locked from here to the end of the transaction: call it last.
    """
    issued = await _number(session, regie, ids, due_days=due_days)
    to_pay = [invoice for invoice in issued if invoice.total_cents >= 0]
    await events.emit_issued(session, to_pay, commune_id=regie.commune_id, aggregate_id=aggregate_id)
    asking_nothing = [invoice.invoice_id for invoice in issued if invoice.total_cents <= 0]
    for invoice in await repository.read(session, asking_nothing):
        if invoice.total_cents == 0:
            await pay(session, invoice, "pay_all", 0, await database_now(session))
        else:
            paid = await _close_in_favour(session, invoice)
            await open_credit(
                session,
                paid,
                amount_cents=-paid.total_cents,
                reason="run_balance",
                message=f"Le solde de la facture {paid.number} est en faveur de la famille.",
            )


async def pay(
    session: AsyncSession, invoice: Invoice, act: PaymentAct, cents: Cents, settled_at: datetime
) -> None:
    """Put ``cents`` on an invoice that the caller holds locked.

    Emits `InvoiceSettledV1` once it is paid. Raises `IllegalMove`.
    """
    paid = await repository.set_status(
        session,
        invoice,
        status=INVOICE.move(invoice.status, act),
        paid_cents=invoice.paid_cents + cents,
    )
    if paid.status == "paid":
        await events.emit_settled(session, paid, settled_at)


async def cancel(session: AsyncSession, invoice_id: UUID, *, reason: str) -> tuple[Invoice, Invoice]:
    """Cancel an issued invoice by a credit note; what was paid becomes credit of the family.

    One below zero takes its credit with it, unless somebody gave that back already. Emits
    `InvoiceCancelledV1`. Returns both, the invoice first. Raises `NotFound`, `NotCancellable`,
    `InvoiceCorrected` when a later invoice corrects it, and `CreditIsHandled`.
    """
    invoice = await repository.lock(session, invoice_id)
    if invoice is None:
        raise NotFound("Cette facture n’existe pas.")
    if invoice.kind == "credit_note":
        raise NotCancellable("Un avoir ne s’annule pas.")
    if corrections := await repository.corrections_of(session, invoice):
        raise InvoiceCorrected(
            f"Cette facture a été corrigée par {and_list(corrections)} : annulez d’abord cette correction.",
            numbers=corrections,
        )
    try:
        status = INVOICE.move(invoice.status, "cancel")
    except IllegalMove as error:
        raise NotCancellable("Cette facture est déjà annulée.") from error
    paid_cents = invoice.paid_cents
    regie = await find_regie(session, invoice.regie_id)
    if regie is None:
        raise NotFound("Cette régie n’existe pas.")
    if invoice.total_cents < 0:
        await void_credit(session, invoice)
    cancelled = await repository.set_status(session, invoice, status=status, paid_cents=paid_cents)
    draft = await _credit_note(session, cancelled)
    await write_drafts(session, [draft])
    await _number(session, regie, [draft.invoice_id], due_days=0)
    (numbered,) = await repository.read(session, [draft.invoice_id])
    note = await _close_in_favour(session, numbered)
    if paid_cents > 0:
        await open_credit(
            session,
            cancelled,
            amount_cents=paid_cents,
            reason="invoice_cancelled",
            message=f"La facture {cancelled.number}, déjà payée, a été annulée ({reason}).",
        )
    await events.emit_cancelled(session, cancelled, credit_note=note, reason=reason)
    return cancelled, note


async def _number(session: AsyncSession, regie: Regie, ids: Sequence[UUID], *, due_days: int) -> list[Issued]:
    """Give drafts their numbers: from then on their charges are billed."""
    if not ids:
        return []
    await repository.refuse_unbalanced(session, ids)
    issued_on = await today(session, regie.commune_id)
    last = await repository.take_numbers(
        session,
        commune_id=regie.commune_id,
        regie_id=regie.regie_id,
        year=issued_on.year,
        count=len(ids),
    )
    first = last - len(ids) + 1
    return await repository.set_numbers(
        session,
        [
            Numbered(invoice_id, position, number(regie.series_prefix, issued_on.year, position))
            for position, invoice_id in enumerate(ids, start=first)
        ],
        status=INVOICE.move("draft", "issue"),
        issued_on=issued_on,
        due_date=issued_on + timedelta(days=due_days),
    )


async def _close_in_favour(session: AsyncSession, invoice: Invoice) -> Invoice:
    """Close an invoice below zero by what it gives back: nobody pays it, so there is no event."""
    return await repository.set_status(
        session, invoice, status=INVOICE.move(invoice.status, "pay_all"), paid_cents=invoice.total_cents
    )


async def _credit_note(session: AsyncSession, invoice: Invoice) -> Draft:
    """The mirror of an invoice: the same charges, given back."""
    mirrored = [
        charge for line in await repository.lines(session, invoice.invoice_id) for charge in _mirrored(line)
    ]
    return Draft(
        invoice_id=new_id(),
        commune_id=invoice.commune_id,
        regie_id=invoice.regie_id,
        family_id=invoice.family_id,
        kind="credit_note",
        period=invoice.period,
        addressee=Addressee(**invoice.addressee),
        issuer=Issuer(**invoice.issuer),
        lines=lines_of(mirrored),
        cancels_invoice_id=invoice.invoice_id,
    )


def _mirrored(line: InvoiceLine) -> Iterator[BilledCharge]:
    """What a line counts, given back; one of old whose price does not multiply, by its amounts."""
    for booking_id, day, quantity, cents in zip(
        line.bookings, line.days, line.quantities, line.amounts, strict=True
    ):
        multiplies = quantity * line.unit_cents == cents
        yield BilledCharge(
            booking_id=booking_id,
            child_id=line.child_id,
            child_name=line.child_name,
            activity_id=line.activity_id,
            activity_label=line.activity_label,
            service_date=day,
            quantity=-quantity if multiplies else -1,
            unit_cents=line.unit_cents if multiplies else cents,
            explanation=line.explanation,
            kind=line.kind,
            label=line.label,
        )
