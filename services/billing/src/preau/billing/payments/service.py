"""Payments as they take effect on invoices. A payment counts once an invoice, however often told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices import events, repository
from preau.billing.invoices.domain import move
from preau.billing.invoices.tables import Invoice
from preau.billing.payments.credits import owe
from preau.billing.payments.domain import take
from preau.billing.payments.tables import FamilyCredit, PaymentEffect
from preau.common.messaging.consumer import NotYet
from preau.common.money import Cents, euros


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


async def refund(
    session: AsyncSession, *, payment_id: UUID, invoice_id: UUID, amount_cents: Cents, refunded_at: datetime
) -> None:
    """Note that money went back; it closes the credits of the invoice that it covers, this payment's first.

    Raises `NotYet` when the payment itself is not known here.
    """
    known = await session.scalar(
        update(PaymentEffect)
        .where(PaymentEffect.payment_id == payment_id, PaymentEffect.invoice_id == invoice_id)
        .values(refunded_cents=PaymentEffect.refunded_cents + amount_cents)
        .returning(PaymentEffect.payment_id)
    )
    if known is None:
        raise NotYet("the payment is not known here")
    credits = await session.scalars(
        select(FamilyCredit)
        .where(FamilyCredit.invoice_id == invoice_id, FamilyCredit.status == "open")
        .order_by(FamilyCredit.payment_id != payment_id, FamilyCredit.credit_id)
        .with_for_update()
    )
    for credit in credits:
        if credit.amount_cents > amount_cents:
            break
        amount_cents -= credit.amount_cents
        await session.execute(
            update(FamilyCredit)
            .where(FamilyCredit.credit_id == credit.credit_id)
            .values(
                status="handled", handled_at=refunded_at, note="Remboursé par le prestataire de paiement."
            )
        )


def _why_too_much(invoice: Invoice, cents: Cents) -> str:
    why = {"cancelled": "annulée", "paid": "déjà payée"}.get(invoice.status, "payée en trop")
    return f"{euros(cents)} reçus pour la facture {invoice.number}, {why} : à rembourser ou à imputer."
