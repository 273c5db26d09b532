"""Credits of families: money that the commune owes, and the task to give it back."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.tables import Invoice
from preau.billing.payments.domain import still_owed
from preau.billing.payments.tables import FamilyCredit, PaymentEffect
from preau.common.ids import new_id
from preau.common.money import Cents


async def owe(
    session: AsyncSession,
    invoice: Invoice,
    *,
    amount_cents: Cents,
    reason: str,
    message: str,
    payment_id: UUID | None = None,
) -> None:
    """Note a credit of the invoice's family, once an invoice and payment, and leave it to an agent.

    What refunds gave back already is not owed again. The caller holds the invoice locked.
    """
    await session.execute(
        insert(FamilyCredit)
        .values(
            credit_id=new_id(),
            commune_id=invoice.commune_id,
            family_id=invoice.family_id,
            regie_id=invoice.regie_id,
            invoice_id=invoice.invoice_id,
            payment_id=payment_id,
            amount_cents=amount_cents,
            reason=reason,
            message=message,
            status="open",
        )
        .on_conflict_do_nothing()
    )
    await set_off_refunds(session, invoice.invoice_id)


async def set_off_refunds(session: AsyncSession, invoice_id: UUID) -> Cents:
    """Close the credits that refunds have covered, whichever came first; the cents that cover none (yet).

    The caller holds the invoice locked: refund and credit see each other.
    """
    open_credits = await _open_credits(session, [invoice_id], lock=True)
    spare = (await _unspent_refunds(session, [invoice_id])).get(invoice_id, 0)
    owed = still_owed(open_credits.get(invoice_id, []), spare)
    await session.execute(
        update(FamilyCredit)
        .where(FamilyCredit.credit_id.in_([credit_id for credit_id, cents in owed.items() if cents == 0]))
        .values(
            status="handled",
            handled_at=func.clock_timestamp(),
            note="Remboursé par le prestataire de paiement.",
        )
        .execution_options(synchronize_session=False)
    )
    return max(0, spare - sum(cents for _, cents in open_credits.get(invoice_id, [])))


async def owed_of(session: AsyncSession, credits: Sequence[FamilyCredit]) -> dict[UUID, Cents]:
    """What is still owed of each open credit: refunds may have given back a part of it."""
    invoice_ids = {credit.invoice_id for credit in credits if credit.status == "open"}
    open_credits = await _open_credits(session, invoice_ids)
    spare = await _unspent_refunds(session, invoice_ids)
    owed: dict[UUID, Cents] = {}
    for invoice_id, found in open_credits.items():
        owed |= still_owed(found, spare.get(invoice_id, 0))
    return owed


async def _open_credits(
    session: AsyncSession, invoice_ids: Collection[UUID], *, lock: bool = False
) -> dict[UUID, list[tuple[UUID, Cents]]]:
    """The open credits by invoice; those whose own payment was refunded come first."""
    query = (
        select(FamilyCredit.invoice_id, FamilyCredit.credit_id, FamilyCredit.amount_cents)
        .outerjoin(
            PaymentEffect,
            (PaymentEffect.payment_id == FamilyCredit.payment_id)
            & (PaymentEffect.invoice_id == FamilyCredit.invoice_id),
        )
        .where(FamilyCredit.invoice_id.in_(invoice_ids), FamilyCredit.status == "open")
        .order_by(func.coalesce(PaymentEffect.refunded_cents, 0) == 0, FamilyCredit.credit_id)
    )
    rows = await session.execute(query.with_for_update(of=FamilyCredit) if lock else query)
    found: dict[UUID, list[tuple[UUID, Cents]]] = {}
    for invoice_id, credit_id, cents in rows:
        found.setdefault(invoice_id, []).append((credit_id, cents))
    return found


async def _unspent_refunds(session: AsyncSession, invoice_ids: Collection[UUID]) -> dict[UUID, Cents]:
    """What was refunded by invoice, less the credits that it closed (those that no agent handled)."""
    refunded = await session.execute(
        select(PaymentEffect.invoice_id, func.sum(PaymentEffect.refunded_cents))
        .where(PaymentEffect.invoice_id.in_(invoice_ids))
        .group_by(PaymentEffect.invoice_id)
    )
    closed = await session.execute(
        select(FamilyCredit.invoice_id, func.sum(FamilyCredit.amount_cents))
        .where(
            FamilyCredit.invoice_id.in_(invoice_ids),
            FamilyCredit.status == "handled",
            FamilyCredit.handled_by.is_(None),
        )
        .group_by(FamilyCredit.invoice_id)
    )
    spent: dict[UUID, Cents] = {row[0]: row[1] for row in closed}
    return {invoice_id: cents - spent.get(invoice_id, 0) for invoice_id, cents in refunded}


async def listed(session: AsyncSession, *, status: str | None) -> list[tuple[FamilyCredit, Invoice]]:
    """The newest 200 credits with their invoices."""
    query = (
        select(FamilyCredit, Invoice)
        .join(Invoice, Invoice.invoice_id == FamilyCredit.invoice_id)
        .order_by(FamilyCredit.credit_id.desc())
        .limit(200)
    )
    if status is not None:
        query = query.where(FamilyCredit.status == status)
    found: Any = await session.execute(query)
    return [(credit, invoice) for credit, invoice in found]


async def held(session: AsyncSession, credit_id: UUID) -> tuple[FamilyCredit, Invoice] | None:
    """A credit, locked, with its invoice."""
    query = (
        select(FamilyCredit, Invoice)
        .join(Invoice, Invoice.invoice_id == FamilyCredit.invoice_id)
        .where(FamilyCredit.credit_id == credit_id)
        .with_for_update(of=FamilyCredit)
    )
    found: Any = (await session.execute(query)).one_or_none()
    return None if found is None else (found[0], found[1])


async def handle(session: AsyncSession, credit_id: UUID, *, agent_id: UUID, note: str) -> FamilyCredit:
    """Close a credit that we hold locked."""
    handled = await session.scalars(
        update(FamilyCredit)
        .where(FamilyCredit.credit_id == credit_id)
        .values(status="handled", handled_at=func.clock_timestamp(), handled_by=agent_id, note=note)
        .returning(FamilyCredit),
        execution_options={"populate_existing": True},
    )
    return handled.one()
