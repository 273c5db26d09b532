"""Payments as they take effect on invoices. A payment counts once an invoice, however often told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices import events, repository
from preau.billing.invoices.domain import move
from preau.billing.invoices.tables import Invoice
from preau.billing.payments.credits import owe, set_off_refunds
from preau.billing.payments.domain import take
from preau.billing.payments.tables import PaymentEffect
from preau.common.logging import logger
from preau.common.messaging.consumer import NotYet
from preau.common.money import Cents
from preau.wording.amounts import euros

log = logger(__name__)


async def settle(
    session: AsyncSession, *, payment_id: UUID, invoice_id: UUID, amount_cents: Cents, settled_at: datetime
) -> None:
    """Put money on an invoice; what it cannot take becomes credit. Raises `NotYet` for an unknown invoice."""
    invoice = await repository.lock(session, invoice_id)
    if invoice is None:
        raise NotYet("the invoice is not known here")
    taken = take(invoice.status, invoice.total_cents, invoice.paid_cents, amount_cents)
    fresh = await session.scalar(
        insert(PaymentEffect)
        .values(
            payment_id=payment_id,
            invoice_id=invoice_id,
            commune_id=invoice.commune_id,
            family_id=invoice.family_id,
            applied_cents=taken.applied_cents,
            credited_cents=taken.credited_cents,
            settled_at=settled_at,
        )
        .on_conflict_do_nothing()
        .returning(PaymentEffect.payment_id)
    )
    if fresh is None:
        return
    if taken.credited_cents > 0:
        await owe(
            session,
            invoice,
            amount_cents=taken.credited_cents,
            reason="payment_too_much",
            message=_why_too_much(invoice, taken.credited_cents),
            payment_id=payment_id,
        )
    if taken.action is not None:
        status = move(invoice.status, taken.action)
        paid_cents = invoice.paid_cents + taken.applied_cents
        moved = await repository.set_status(session, invoice, status=status, paid_cents=paid_cents)
        if status == "paid":
            await events.tell_settled(session, moved, settled_at)


async def refund(session: AsyncSession, *, payment_id: UUID, invoice_id: UUID, amount_cents: Cents) -> None:
    """Note that a payment's money went back, once; it closes the invoice's credits that it covers.

    Raises `NotYet` when the payment itself is not known here.
    """
    invoice = await repository.lock(session, invoice_id)
    effect = await session.get(PaymentEffect, (payment_id, invoice_id), populate_existing=True)
    if invoice is None or effect is None:
        raise NotYet("the payment is not known here")
    if effect.refunded_cents:
        return
    effect.refunded_cents = amount_cents
    await session.flush()  # the sum of the refunds reads it
    if beyond := await set_off_refunds(session, invoice_id):
        log.warning("refunded beyond the credits", invoice_id=str(invoice_id), cents=beyond)


def _why_too_much(invoice: Invoice, cents: Cents) -> str:
    why = {"cancelled": "annulée", "paid": "déjà payée"}.get(invoice.status, "payée en trop")
    return f"{euros(cents)} reçus pour la facture {invoice.number}, {why} : à rembourser ou à imputer."
