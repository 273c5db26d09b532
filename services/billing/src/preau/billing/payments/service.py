"""Payments as they take effect on invoices. A payment counts once, however often it comes."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices import repository as invoices
from preau.billing.invoices.settlement import record, set_off_credit
from preau.billing.invoices.tables import Invoice
from preau.billing.ledger import repository as ledger
from preau.billing.ledger.domain import Entry, Holder, paid
from preau.billing.years import service as years
from preau.common.messaging.consumer import NotYet, Rejected
from preau.common.money import Cents
from preau.wording.amounts import euros


class Part(NamedTuple):
    """What of a payment came in for an invoice."""

    invoice_id: UUID
    cents: Cents


async def settle(
    session: AsyncSession, payment_id: UUID, parts: Sequence[Part], *, method: str, settled_at: datetime
) -> None:
    """Put money on invoices; what they cannot take is owed to the family, and set off against what it owes.

    What comes for an invoice that was written off takes that up.

    Raises `NotYet` for an invoice that is not known here, `Rejected` for invoices of several accounts.
    """
    holder = await _holder(session, [part.invoice_id for part in parts])
    await ledger.lock(session, [holder])
    found = await invoices.lock_all(session, [part.invoice_id for part in parts])
    entry = Entry(
        "payment",
        payment_id,
        holder,
        await years.day_of(session, holder, settled_at),
        paid(
            method,
            [(part.invoice_id, part.cents, found[part.invoice_id].outstanding_cents) for part in parts],
        ),
        payment_id=payment_id,
        memo=_why_too_much(found, parts),
    )
    fresh = await record(session, [entry], at=settled_at)
    if any(each.credit_change > 0 for each in fresh):
        await set_off_credit(session, {holder: payment_id})


async def _holder(session: AsyncSession, ids: Sequence[UUID]) -> Holder:
    holders = await invoices.holders_of(session, ids)
    if len(holders) < len(set(ids)):
        raise NotYet("the invoice is not known here")
    if len(set(holders.values())) != 1:
        raise Rejected("a payment is for invoices of one family and régie")
    return next(iter(holders.values()))


def _why_too_much(found: dict[UUID, Invoice], parts: Sequence[Part]) -> str:
    """Why a part of the payment is owed to the family; nothing when all of it was due."""
    said: list[str] = []
    for part in parts:
        invoice = found[part.invoice_id]
        beyond = part.cents - min(part.cents, invoice.outstanding_cents)
        if beyond:
            why = {"cancelled": "annulée", "paid": "déjà payée"}.get(invoice.status, "payée en trop")
            said.append(f"{euros(beyond)} reçus pour la facture {invoice.number}, {why}.")
    return " ".join(said)
