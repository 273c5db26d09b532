"""Credits of families: money that the commune owes, and an agent's task to give it back."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices import credit_repository as repository
from preau.billing.invoices.domain import left_after_refunds
from preau.billing.invoices.lifecycle import CREDIT
from preau.billing.invoices.tables import FamilyCredit, Invoice
from preau.common.errors import Conflict, NotFound
from preau.common.lifecycle import IllegalMove
from preau.common.money import Cents


class CreditIsHandled(Conflict):
    type, title = "credit-handled", "Déjà traité"


async def open_credit(
    session: AsyncSession,
    invoice: Invoice,
    *,
    amount_cents: Cents,
    reason: str,
    message: str,
    payment_id: UUID | None = None,
) -> None:
    """Open a credit of the invoice's family, once an invoice and payment, and leave it to an agent.

    What refunds gave back already is set off at once. The caller holds the invoice locked.
    """
    await repository.add(
        session, invoice, amount_cents=amount_cents, reason=reason, message=message, payment_id=payment_id
    )
    await set_off_refunds(session, invoice.invoice_id)


async def set_off_refunds(session: AsyncSession, invoice_id: UUID) -> Cents:
    """Close the credits that refunds have covered, whichever came first; the cents that cover none (yet).

    The caller holds the invoice locked: refund and credit see each other.
    """
    credits = (await repository.open_credits(session, [invoice_id], lock=True)).get(invoice_id, [])
    unspent = (await repository.unspent_refunds(session, [invoice_id])).get(invoice_id, 0)
    covered = [credit_id for credit_id, left in left_after_refunds(credits, unspent).items() if left == 0]
    if covered:
        await repository.close(
            session,
            covered,
            status=CREDIT.move("open", "handle"),
            note="Remboursé par le prestataire de paiement.",
        )
    return max(0, unspent - sum(cents for _, cents in credits))


async def void_credit(session: AsyncSession, invoice: Invoice) -> None:
    """End the credit that an invoice below zero opened: the family keeps nothing of one that is cancelled.

    The caller holds the invoice locked. Raises `CreditIsHandled` when the money was given back or set off.
    """
    credits = (await repository.open_credits(session, [invoice.invoice_id], lock=True)).get(
        invoice.invoice_id
    )
    if not credits:
        raise CreditIsHandled("Le crédit de cette facture est déjà traité : elle ne s’annule plus.")
    await repository.close(
        session,
        [credit_id for credit_id, _ in credits],
        status=CREDIT.move("open", "handle"),
        note="Annulé avec sa facture.",
    )


async def left_of(session: AsyncSession, credits: Sequence[FamilyCredit]) -> dict[UUID, Cents]:
    """What is left of each open credit: refunds may have given back a part of it."""
    invoice_ids = {credit.invoice_id for credit in credits if credit.status == "open"}
    open_credits = await repository.open_credits(session, invoice_ids)
    unspent = await repository.unspent_refunds(session, invoice_ids)
    left: dict[UUID, Cents] = {}
    for invoice_id, found in open_credits.items():
        left |= left_after_refunds(found, unspent.get(invoice_id, 0))
    return left


async def handle(
    session: AsyncSession, credit_id: UUID, *, agent_id: UUID, note: str
) -> tuple[FamilyCredit, Invoice]:
    """Close a credit whose money an agent gave back or set off. Raises `NotFound`, `CreditIsHandled`."""
    found = await repository.lock(session, credit_id)
    if found is None:
        raise NotFound("Ce crédit n’existe pas.")
    credit, invoice = found
    try:
        status = CREDIT.move(credit.status, "handle")
    except IllegalMove as error:
        raise CreditIsHandled("Ce crédit est déjà traité.") from error
    (handled,) = await repository.close(session, [credit_id], status=status, note=note, handled_by=agent_id)
    return handled, invoice
