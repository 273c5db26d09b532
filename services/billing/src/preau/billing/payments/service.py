"""Payments as they take effect on invoices. A payment counts once an invoice, however often it comes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices import repository as invoices
from preau.billing.invoices import service as invoicing
from preau.billing.invoices.credits import open_credit, set_off_refunds
from preau.billing.invoices.tables import Invoice
from preau.billing.payments import repository
from preau.billing.payments.domain import split
from preau.common.logging import logger
from preau.common.messaging.consumer import NotYet
from preau.common.money import Cents
from preau.wording.amounts import euros

log = logger(__name__)


async def settle(
    session: AsyncSession, *, payment_id: UUID, invoice_id: UUID, amount_cents: Cents, settled_at: datetime
) -> None:
    """Put money on an invoice; what it cannot take becomes credit. Raises `NotYet` for an unknown invoice."""
    invoice = await invoices.lock(session, invoice_id)
    if invoice is None:
        raise NotYet("the invoice is not known here")
    part = split(invoice.status, invoice.total_cents, invoice.paid_cents, amount_cents)
    if not await repository.record(
        session,
        payment_id,
        invoice,
        applied_cents=part.applied_cents,
        credited_cents=part.credited_cents,
        settled_at=settled_at,
    ):
        return
    if part.credited_cents > 0:
        await open_credit(
            session,
            invoice,
            amount_cents=part.credited_cents,
            reason="payment_too_much",
            message=_why_too_much(invoice, part.credited_cents),
            payment_id=payment_id,
        )
    if part.act is not None:
        await invoicing.pay(session, invoice, part.act, part.applied_cents, settled_at)


async def refund(session: AsyncSession, *, payment_id: UUID, invoice_id: UUID, amount_cents: Cents) -> None:
    """Record that a payment's money went back, once; it closes the invoice's credits that it covers.

    Raises `NotYet` when the payment itself is not known here.
    """
    invoice = await invoices.lock(session, invoice_id)
    effect = await repository.effect(session, payment_id, invoice_id)
    if invoice is None or effect is None:
        raise NotYet("the payment is not known here")
    if effect.refunded_cents:
        return
    await repository.record_refund(session, effect, amount_cents)
    if beyond := await set_off_refunds(session, invoice_id):
        log.warning("refunded beyond the credits", invoice_id=str(invoice_id), cents=beyond)


def _why_too_much(invoice: Invoice, cents: Cents) -> str:
    why = {"cancelled": "annulée", "paid": "déjà payée"}.get(invoice.status, "payée en trop")
    return f"{euros(cents)} reçus pour la facture {invoice.number}, {why} : à rembourser ou à imputer."
