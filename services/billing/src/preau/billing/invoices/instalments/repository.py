"""SQL of instalment plans."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.instalments.domain import Instalment, Upcoming, upcoming
from preau.billing.invoices.instalments.tables import InstalmentPlan
from preau.billing.invoices.lifecycle import PAYABLE
from preau.billing.invoices.tables import Invoice


def parts_of(plan: InstalmentPlan) -> list[Instalment]:
    return [Instalment(date.fromisoformat(part["due_on"]), part["cents"]) for part in plan.parts]


async def plan_of(session: AsyncSession, invoice_id: UUID) -> InstalmentPlan | None:
    """The plan of an invoice, cancelled or not."""
    query = select(InstalmentPlan).where(InstalmentPlan.invoice_id == invoice_id)
    return await session.scalar(query.execution_options(populate_existing=True))


async def standing(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, InstalmentPlan]:
    """The plans of these invoices that were not cancelled."""
    if not ids:
        return {}
    found = await session.scalars(
        select(InstalmentPlan).where(
            InstalmentPlan.invoice_id.in_(ids), InstalmentPlan.cancelled_at.is_(None)
        )
    )
    return {plan.invoice_id: plan for plan in found}


async def upcoming_of(
    session: AsyncSession, invoices: Collection[Invoice], today: date
) -> dict[UUID, Upcoming]:
    """What the plans in force ask for next of these invoices."""
    due = {each.invoice_id: each.due_cents for each in invoices if each.due_cents and each.status in PAYABLE}
    plans = await standing(session, due)
    found = {key: upcoming(parts_of(plan), due[key], today) for key, plan in plans.items()}
    return {key: each for key, each in found.items() if each}


async def state(
    session: AsyncSession,
    *,
    invoice_id: UUID,
    commune_id: UUID,
    parts: Sequence[Instalment],
    is_paid_by_parts: bool,
    reason: str,
) -> None:
    """Keep a plan; it replaces the one that the invoice, which is locked, had."""
    statement = insert(InstalmentPlan).values(
        invoice_id=invoice_id,
        commune_id=commune_id,
        parts=[{"due_on": part.due_on.isoformat(), "cents": part.cents} for part in parts],
        is_paid_by_parts=is_paid_by_parts,
        reason=reason,
    )
    new = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[InstalmentPlan.invoice_id],
            set_={
                "parts": new.parts,
                "is_paid_by_parts": new.is_paid_by_parts,
                "reason": new.reason,
                "made_at": func.now(),
                "cancelled_at": None,
                "version": InstalmentPlan.version + 1,
            },
        )
    )


async def cancel(session: AsyncSession, invoice_id: UUID) -> None:
    await session.execute(
        update(InstalmentPlan)
        .where(InstalmentPlan.invoice_id == invoice_id)
        .values(cancelled_at=func.clock_timestamp(), version=InstalmentPlan.version + 1)
    )
