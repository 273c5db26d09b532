"""Issuing and cancelling: the only places where numbers are given."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.copies.families import Addressee
from preau.billing.invoices import events, repository
from preau.billing.invoices.domain import (
    BilledCharge,
    Draft,
    Issuer,
    lines_of,
    move,
    number,
)
from preau.billing.invoices.drafts import write_drafts
from preau.billing.invoices.repository import Numbered
from preau.billing.invoices.tables import Invoice
from preau.billing.payments.credits import owe
from preau.billing.regies.repository import regie as find_regie
from preau.billing.regies.tables import Regie
from preau.common.db.clock import database_now
from preau.common.errors import NotFound
from preau.common.ids import new_id


async def issue(session: AsyncSession, regie: Regie, ids: Sequence[UUID], *, due_days: int) -> list[Invoice]:
    """Give the drafts ``ids``, in this order, the next numbers of the régie; their charges count as billed.

    The caller holds the drafts. The series is locked from here to the end of the transaction: call it last.
    """
    if not ids:
        return []
    await repository.refuse_unbalanced(session, ids)
    await repository.count_charges(session, ids)
    issued_on = await today(session, regie.commune_id)
    last = await repository.take_numbers(
        session,
        commune_id=regie.commune_id,
        regie_id=regie.regie_id,
        year=issued_on.year,
        count=len(ids),
    )
    first = last - len(ids) + 1
    await repository.set_numbers(
        session,
        [
            Numbered(invoice_id, position, number(regie.series_prefix, issued_on.year, position))
            for position, invoice_id in enumerate(ids, start=first)
        ],
        status=move("draft", "issue"),
        issued_on=issued_on,
        due_date=issued_on + timedelta(days=due_days),
    )
    return await repository.read(session, ids)


async def publish(session: AsyncSession, invoices: Sequence[Invoice], *, aggregate_id: UUID) -> None:
    """Tell of issued invoices; settle at once those that ask for nothing (nought, or money back)."""
    await events.tell_issued(
        session, [invoice for invoice in invoices if invoice.total_cents >= 0], aggregate_id=aggregate_id
    )
    for invoice in invoices:
        if invoice.total_cents <= 0:
            await _settle_nothing_due(session, invoice)


async def _settle_nothing_due(session: AsyncSession, invoice: Invoice) -> None:
    paid = await repository.set_status(
        session, invoice, status=move(invoice.status, "pay_all"), paid_cents=invoice.total_cents
    )
    if paid.total_cents == 0:
        await events.tell_settled(session, paid, await database_now(session))
    else:
        await owe(
            session,
            paid,
            amount_cents=-paid.total_cents,
            reason="run_balance",
            message=f"Le solde de la facture {paid.number} est en faveur de la famille.",
        )


async def cancel(session: AsyncSession, invoice_id: UUID, *, reason: str) -> tuple[Invoice, Invoice]:
    """Cancel an issued invoice by a credit note; what was paid becomes credit of the family.

    Returns both, the invoice first. Raises `NotFound`, `IllegalMove`.
    """
    invoice = await repository.lock(session, invoice_id)
    if invoice is None:
        raise NotFound("Cette facture n’existe pas.")
    status, paid_cents = move(invoice.status, "cancel"), invoice.paid_cents
    regie = await find_regie(session, invoice.regie_id)
    if regie is None:
        raise NotFound("Cette régie n’existe pas.")
    cancelled = await repository.set_status(session, invoice, status=status, paid_cents=paid_cents)
    draft = await _credit_note(session, cancelled)
    await write_drafts(session, [draft])
    (note,) = await issue(session, regie, [draft.invoice_id], due_days=0)
    note = await repository.set_status(
        session, note, status=move(note.status, "pay_all"), paid_cents=note.total_cents
    )
    if paid_cents > 0:
        await owe(
            session,
            cancelled,
            amount_cents=paid_cents,
            reason="invoice_cancelled",
            message=f"La facture {cancelled.number}, déjà payée, a été annulée ({reason}).",
        )
    await events.tell_cancelled(session, cancelled, credit_note=note, reason=reason)
    return cancelled, note


async def _credit_note(session: AsyncSession, invoice: Invoice) -> Draft:
    """The mirror of an invoice: the same charges, given back."""
    rows = await repository.charges_of_lines(session, invoice.invoice_id)
    mirrored = [
        BilledCharge(
            booking_id=charge.booking_id,
            child_id=line.child_id,
            child_name=line.child_name,
            activity_id=line.activity_id,
            activity_label=line.label,
            service_date=charge.service_date,
            units=-charge.units,
            unit_cents=line.unit_cents,
            amount_cents=-charge.amount_cents,
            explanation=line.explanation,
        )
        for line, charge in rows
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
