"""SQL of families' credits, and of the refunds that are set off against them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.lifecycle import CREDIT, CreditStatus
from preau.billing.invoices.tables import FamilyCredit, Invoice, PaymentEffect
from preau.common.db.filters import equal
from preau.common.db.keyset import Keyset, PageRequest
from preau.common.ids import new_id
from preau.common.money import Cents

CREDITS = Keyset(
    FamilyCredit.credit_id,
    default="-made",
    keys={
        "made": FamilyCredit.credit_id,
        "family": Invoice.family_key,
        "amount": FamilyCredit.amount_cents,
    },
)


async def add(
    session: AsyncSession,
    invoice: Invoice,
    *,
    amount_cents: Cents,
    reason: str,
    message: str,
    payment_id: UUID | None,
) -> None:
    """An open credit of the invoice's family; nothing if there is one of this invoice and payment."""
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


async def open_credits(
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
        .where(FamilyCredit.invoice_id.in_(invoice_ids), FamilyCredit.status.in_(CREDIT.before("handle")))
        .order_by(func.coalesce(PaymentEffect.refunded_cents, 0) == 0, FamilyCredit.credit_id)
    )
    rows = await session.execute(query.with_for_update(of=FamilyCredit) if lock else query)
    found: dict[UUID, list[tuple[UUID, Cents]]] = {}
    for invoice_id, credit_id, cents in rows:
        found.setdefault(invoice_id, []).append((credit_id, cents))
    return found


async def unspent_refunds(session: AsyncSession, invoice_ids: Collection[UUID]) -> dict[UUID, Cents]:
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
            FamilyCredit.status.in_(CREDIT.ended),
            FamilyCredit.handled_by.is_(None),
        )
        .group_by(FamilyCredit.invoice_id)
    )
    spent: dict[UUID, Cents] = {row[0]: row[1] for row in closed}
    return {invoice_id: cents - spent.get(invoice_id, 0) for invoice_id, cents in refunded}


async def listed(
    session: AsyncSession, asked: PageRequest, *, status: CreditStatus | None, family_id: UUID | None
) -> tuple[list[tuple[FamilyCredit, Invoice]], str | None]:
    """A page of the credits with their invoices, with the cursor of the next one."""
    query = (
        select(FamilyCredit, Invoice)
        .join(Invoice, Invoice.invoice_id == FamilyCredit.invoice_id)
        .where(*equal((FamilyCredit.status, status), (FamilyCredit.family_id, family_id)))
    )
    rows, next_cursor = await CREDITS.page(session, query, asked)
    return [(row[0], row[1]) for row in rows], next_cursor


async def lock(session: AsyncSession, credit_id: UUID) -> tuple[FamilyCredit, Invoice] | None:
    """A credit, locked, with its invoice."""
    query = (
        select(FamilyCredit, Invoice)
        .join(Invoice, Invoice.invoice_id == FamilyCredit.invoice_id)
        .where(FamilyCredit.credit_id == credit_id)
        .with_for_update(of=FamilyCredit)
    )
    found: Any = (await session.execute(query)).one_or_none()
    return None if found is None else (found[0], found[1])


async def close(
    session: AsyncSession,
    credit_ids: Collection[UUID],
    *,
    status: CreditStatus,
    note: str,
    handled_by: UUID | None = None,
) -> list[FamilyCredit]:
    """End credits that we hold locked; ``handled_by`` an agent, or by refunds."""
    closed = await session.scalars(
        update(FamilyCredit)
        .where(FamilyCredit.credit_id.in_(credit_ids))
        .values(status=status, handled_at=func.clock_timestamp(), handled_by=handled_by, note=note)
        .returning(FamilyCredit),
        execution_options={"populate_existing": True},
    )
    return list(closed)
