"""Issuing and cancelling: nothing else gives numbers. Each emits its event."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.copies.families import Addressee
from preau.billing.copies.tables import CommuneCopy
from preau.billing.invoices import events, repository
from preau.billing.invoices.domain import BilledCharge, Draft, Issuer, lines_of, number, revenue_of
from preau.billing.invoices.draft_repository import write_drafts
from preau.billing.invoices.lifecycle import INVOICE
from preau.billing.invoices.repository import Issued, Moved
from preau.billing.invoices.settlement import record, set_off_credit
from preau.billing.invoices.tables import Invoice, InvoiceLine
from preau.billing.ledger import repository as ledger
from preau.billing.ledger.domain import (
    Due,
    Entry,
    EntryKind,
    Holder,
    Posting,
    drawn,
    sources,
    taken_up,
    written,
)
from preau.billing.regies.repository import regie as find_regie
from preau.billing.regies.tables import Regie
from preau.common.db.clock import database_now
from preau.common.errors import Conflict, NotFound
from preau.common.ids import new_id
from preau.common.money import Cents
from preau.wording.dates import and_list


class NotCancellable(Conflict):
    type, title = "not-cancellable", "Facture déjà annulée"


class InvoiceCorrected(Conflict):
    type, title = "invoice-corrected", "Facture corrigée depuis"


class CreditIsSpent(Conflict):
    type, title = "credit-spent", "Crédit déjà rendu"


def issuer_of(commune: CommuneCopy | None, regie: Regie) -> Issuer:
    """Who bills, as it stands now; blank for a commune that is not known here."""
    if commune is None:
        return Issuer("", regie.label)
    return Issuer(commune.name, regie.label, commune.contact_email, commune.contact_phone)


async def issue(
    session: AsyncSession, regie: Regie, ids: Sequence[UUID], *, due_days: int, aggregate_id: UUID
) -> None:
    """Issue the drafts ``ids``: in this order they take the next numbers of the régie.

    Emits `InvoiceIssuedV1`; the aggregate is the run, or the invoice if it stands alone. What a family is
    owed is set off against what it owes; an invoice of nothing is settled at once. The caller holds the
    drafts locked. The series is locked from here to the end of the transaction: call it last.
    """
    if not ids:
        return
    holders = await repository.holders_of(session, ids)
    await ledger.lock(session, set(holders.values()))
    issued = await _number(session, regie, ids, due_days=due_days)
    await _post(session, issued, holders, "invoice")
    nought = [invoice.invoice_id for invoice in issued if invoice.total_cents == 0]
    await _settle_nought(session, nought)
    in_favour = [invoice.invoice_id for invoice in issued if invoice.total_cents < 0]
    causes = {holders[each.invoice_id]: each.invoice_id for each in issued}
    corrected = await repository.written_off_before(session, in_favour)
    made = await set_off_credit(session, causes, corrected=corrected)
    await events.emit_issued(
        session, issued, _changed(made), commune_id=regie.commune_id, aggregate_id=aggregate_id
    )


def _changed(entries: Sequence[Entry]) -> Counter[UUID]:
    """How much more, or less, entries make due of each invoice."""
    changes: Counter[UUID] = Counter()
    for entry in entries:
        changes.update(entry.due_changes)
    return changes


async def _post(
    session: AsyncSession, issued: Sequence[Issued], holders: Mapping[UUID, Holder], kind: EntryKind
) -> None:
    """Enter what was issued; what is below zero is owed to the family."""
    await repository.post_issued(session, [each.invoice_id for each in issued], kind)
    in_favour = [each for each in issued if each.total_cents < 0]
    if in_favour:
        owed: Counter[Holder] = Counter()
        for each in in_favour:
            owed[holders[each.invoice_id]] -= each.total_cents
        await ledger.change_credits(session, owed)
        await _close(session, [each.invoice_id for each in in_favour])


async def _settle_nought(session: AsyncSession, ids: Sequence[UUID]) -> None:
    if ids:
        await _close(session, ids)
        settled = await repository.read(session, ids)
        await events.emit_moved(session, settled, await database_now(session))


async def _close(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Nothing is due of these, which were issued just now."""
    closed = INVOICE.move("issued", "owe_nothing")
    await repository.set_due(session, [Moved(invoice_id, closed, 0) for invoice_id in ids])


async def give_back(session: AsyncSession, regie: Regie, draft: Draft) -> None:
    """Issue a credit note for a part of an invoice: what is not due any more is owed to the family.

    ``draft`` names the invoice that it corrects; the family's account is locked. Emits `InvoiceIssuedV1`.
    """
    await write_drafts(session, [draft])
    holder = Holder(draft.commune_id, draft.regie_id, draft.family_id)
    issued = await _number(session, regie, [draft.invoice_id], due_days=0)
    await _post(session, issued, {draft.invoice_id: holder}, "credit_note")
    await events.emit_issued(session, issued, {}, commune_id=draft.commune_id, aggregate_id=draft.invoice_id)
    corrected = await repository.written_off_before(session, [draft.invoice_id])
    if draft.corrects_invoice_id is not None:
        corrected.add(draft.corrects_invoice_id)
    await set_off_credit(session, {holder: draft.invoice_id}, corrected=corrected)


async def cancel(session: AsyncSession, invoice_id: UUID, *, reason: str) -> tuple[Invoice, Invoice]:
    """Cancel an issued invoice by a credit note; what was paid becomes credit of the family.

    What credit notes gave back of it already is not given back again. One below zero takes its credit with
    it: what was set off by it, or given back, is due again of what was paid. Emits
    `InvoiceCancelledV1`. Returns both, the invoice first. Raises `NotFound`, `NotCancellable`,
    `InvoiceCorrected` when a later invoice corrects it, and `CreditIsSpent`.
    """
    holder = (await repository.holders_of(session, [invoice_id])).get(invoice_id)
    if holder is None:
        raise NotFound("Cette facture n’existe pas.")
    credit_cents = await ledger.credit_of(session, holder)
    invoice = (await repository.lock_all(session, [invoice_id]))[invoice_id]
    regie = await find_regie(session, invoice.regie_id)
    if regie is None:
        raise NotFound("Cette régie n’existe pas.")
    await _refuse_to_cancel(session, invoice)
    draft = await _credit_note(session, invoice)
    off_cents = invoice.written_off_cents
    taken = await _taken_back(session, invoice, credit_cents, draft.total_cents)
    await write_drafts(session, [draft])
    (issued,) = await _number(session, regie, [draft.invoice_id], due_days=0)
    await _close(session, [draft.invoice_id])
    await repository.set_due(session, [Moved(invoice_id, INVOICE.move(invoice.status, "cancel"), 0)])
    postings = (*_revenue_of(draft), *taken)
    entry = Entry("credit_note", draft.invoice_id, holder, issued.issued_on, postings, memo=reason)
    again = taken_up(entry, {invoice_id: off_cents})
    await record(session, [entry] if again is None else [again, entry], void=invoice_id)
    cancelled, note = await _read_both(session, invoice_id, draft.invoice_id)
    await events.emit_cancelled(session, cancelled, credit_note=note, reason=reason)
    await set_off_credit(session, {holder: note.invoice_id})
    return cancelled, note


async def _refuse_to_cancel(session: AsyncSession, invoice: Invoice) -> None:
    if invoice.kind == "credit_note":
        raise NotCancellable("Un avoir ne s’annule pas.")
    if not INVOICE.may(invoice.status, "cancel"):
        raise NotCancellable("Cette facture est déjà annulée.")
    if corrections := await repository.corrections_of(session, invoice):
        raise InvoiceCorrected(
            f"Cette facture a été corrigée par {and_list(corrections)} : annulez d’abord cette correction.",
            numbers=corrections,
        )


async def _taken_back(
    session: AsyncSession, invoice: Invoice, credit_cents: Cents, note_cents: Cents
) -> tuple[Posting, ...]:
    """What a credit note of ``note_cents`` takes: what was never paid, the rest becomes credit.

    One that takes back what the family was owed draws on the credit, then on what it was set off against.
    """
    if note_cents <= 0:
        due = min(invoice.outstanding_cents, -note_cents)
        return written(
            Posting("receivable", -due, invoice.invoice_id),
            Posting("credit", note_cents + due, invoice.invoice_id),
        )
    settled = await repository.lock_settled(session, invoice.holder)
    found = sources(note_cents, credit_cents, settled_of(settled))
    if sum(source.cents for source in found) < note_cents:
        raise CreditIsSpent("Ce que cet avoir devait à la famille lui a été rendu : il ne s’annule plus.")
    return drawn(found)


def settled_of(invoices: Sequence[Invoice]) -> list[Due]:
    """How much of each was paid or set off, and may be due again."""
    return [Due(invoice.invoice_id, invoice.total_cents - invoice.due_cents) for invoice in invoices]


def _revenue_of(draft: Draft) -> tuple[Posting, ...]:
    """What a draft earns, by activity; below zero it gives revenue back."""
    cents: Counter[str] = Counter()
    for line in draft.lines:
        cents[revenue_of(line.charges[0].activity_id)] += line.amount_cents
    return written(*(Posting("revenue", -each, draft.invoice_id, account) for account, each in cents.items()))


async def _read_both(session: AsyncSession, first: UUID, second: UUID) -> tuple[Invoice, Invoice]:
    found = {each.invoice_id: each for each in await repository.read(session, [first, second])}
    return found[first], found[second]


async def _number(session: AsyncSession, regie: Regie, ids: Sequence[UUID], *, due_days: int) -> list[Issued]:
    """Give drafts their numbers: from then on their charges are billed."""
    drafts = await repository.lock_drafts(session, ids)
    issued_on = await today(session, regie.commune_id)
    due_date = issued_on + timedelta(days=due_days)
    last = await repository.take_numbers(
        session,
        commune_id=regie.commune_id,
        regie_id=regie.regie_id,
        year=issued_on.year,
        count=len(ids),
    )
    issued = [
        Issued(
            invoice_id=draft.invoice_id,
            position=position,
            number=number(regie.series_prefix, issued_on.year, position),
            regie_id=draft.regie_id,
            regie_label=draft.regie_label,
            family_id=draft.family_id,
            kind=draft.kind,
            period=draft.period,
            total_cents=draft.total_cents,
            issued_on=issued_on,
            due_date=due_date,
            order_id=draft.order_id,
            delivery=draft.delivery,
        )
        for position, draft in enumerate(drafts, start=last - len(ids) + 1)
    ]
    await repository.set_numbers(session, issued, status=INVOICE.move("draft", "issue"))
    return issued


async def _credit_note(session: AsyncSession, invoice: Invoice) -> Draft:
    """The mirror of an invoice: the same charges, given back, but for those that a credit note gave back.

    Raises `NotCancellable` when nothing is left.
    """
    given_back = await repository.bookings_given_back(session, invoice)
    mirrored = [
        charge
        for line in await repository.lines(session, invoice.invoice_id)
        for charge in _mirrored(line)
        if charge.booking_id not in given_back
    ]
    if given_back and not mirrored:
        raise NotCancellable("Des avoirs ont déjà rendu tout ce que compte cette facture.")
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
