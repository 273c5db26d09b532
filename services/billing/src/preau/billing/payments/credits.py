"""Credits of families: money that the commune owes, and the task to give it back."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.tables import Invoice
from preau.billing.payments.tables import FamilyCredit
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
    """Note a credit of the invoice's family, once an invoice and payment, and leave it to an agent."""
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
