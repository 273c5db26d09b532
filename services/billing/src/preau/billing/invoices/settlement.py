"""The one way in which what is due of an invoice changes: an entry of the ledger, its invoices with it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.invoices import events, repository
from preau.billing.invoices.lifecycle import INVOICE, due_act
from preau.billing.invoices.repository import Moved
from preau.billing.invoices.tables import Invoice
from preau.billing.ledger import repository as ledger
from preau.billing.ledger.domain import Due, Entry, Holder, set_off, taken_up
from preau.common.db.clock import database_now


async def record(
    session: AsyncSession,
    entries: Sequence[Entry],
    *,
    at: datetime | None = None,
    void: UUID | None = None,
) -> list[Entry]:
    """Write entries of which the ledger does not know the cause; those are returned.

    Each invoice that they concern is due for more or less, and its event is emitted. What comes for one that
    was written off takes that up, by an entry of the same cause. ``at`` is when money came in, now if nothing
    is said. The accounts of the families are locked; ``void`` is the invoice that the
    entry's credit note has just cancelled, which moves no more.
    """
    fresh = await ledger.write(session, entries)
    concerned = {each for entry in fresh for each in (*entry.due_changes, *entry.written_off_changes)}
    invoices = await repository.lock_all(session, concerned - {void})
    standing = {each.invoice_id: each.written_off_cents for each in invoices.values()}
    taken = [each for entry in fresh if (each := taken_up(entry, standing)) is not None]
    moved = _moved(invoices.values(), [*fresh, *await ledger.write(session, taken)])
    if moved:
        again = {each.invoice_id: each.due_cents - invoices[each.invoice_id].due_cents for each in moved}
        await repository.set_due(session, moved)
        now = await repository.read(session, list(invoices))
        await events.emit_moved(session, now, at or await database_now(session), due_again=again)
    return fresh


def _moved(invoices: Iterable[Invoice], entries: Sequence[Entry]) -> list[Moved]:
    due_changes: Counter[UUID] = Counter()
    written_off_changes: Counter[UUID] = Counter()
    for entry in entries:
        due_changes.update(entry.due_changes)
        written_off_changes.update(entry.written_off_changes)
    moved: list[Moved] = []
    for invoice in invoices:
        due = invoice.due_cents + due_changes[invoice.invoice_id]
        off = invoice.written_off_cents + written_off_changes[invoice.invoice_id]
        status = INVOICE.move(invoice.status, due_act(invoice.total_cents, due, off))
        moved.append(Moved(invoice.invoice_id, status, due, off))
    return [move for move in moved if due_changes[move.invoice_id] or written_off_changes[move.invoice_id]]


async def set_off_credit(
    session: AsyncSession,
    causes: Mapping[Holder, UUID],
    *,
    corrected: Collection[UUID] = (),
) -> list[Entry]:
    """Lay what families are owed on what they owe at the same régie, the invoices ``corrected`` first.

    ``causes`` says by whose cause, for each account concerned: once a cause. The accounts are locked. The
    entries that were made; none where nothing is owed on either side.
    """
    in_credit = await ledger.in_credit(session, list(causes))
    if not in_credit:
        return []
    owing: dict[Holder, list[Invoice]] = defaultdict(list)
    for invoice in await repository.lock_owing(session, list(in_credit), corrected):
        owing[invoice.holder].append(invoice)
    day = await today(session, next(iter(in_credit)).commune_id)
    entries = [
        Entry(
            "set_off",
            causes[holder],
            holder,
            day,
            set_off(account.credit_cents, _dues(owing[holder], corrected)),
            memo="Déduit de ce qui était dû.",
        )
        for holder, account in in_credit.items()
        if owing[holder]
    ]
    return await record(session, entries)


def _dues(invoices: Iterable[Invoice], corrected: Collection[UUID]) -> list[Due]:
    ordered = sorted(invoices, key=lambda invoice: invoice.invoice_id not in corrected)
    return [Due(invoice.invoice_id, invoice.outstanding_cents) for invoice in ordered]
