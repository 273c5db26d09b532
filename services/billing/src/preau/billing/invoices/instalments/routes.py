"""Agents split what is due of an invoice; its family sees the parts."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.invoices.instalments import repository, service
from preau.billing.invoices.instalments.domain import Instalment, next_part, standings, status_of
from preau.billing.invoices.instalments.schemas import (
    InstalmentOut,
    PlanCancellationIn,
    PlanIn,
    PlanOut,
    PlansOut,
)
from preau.billing.invoices.instalments.tables import InstalmentPlan
from preau.billing.invoices.responses import find
from preau.billing.invoices.tables import Invoice
from preau.common.audit import record_change
from preau.common.http.permissions import BillingAgent, Family
from preau.common.http.unit_of_work import Transaction

router = APIRouter(tags=["factures"])


@router.get("/parent/families/{family_id}/invoices/{invoice_id}/instalments")
async def read_own_plan(family: Family, session: Transaction, invoice_id: UUID) -> PlansOut:
    """The parts in which the family may pay."""
    invoice = await find(session, invoice_id, family.family_id)
    return await _plans(session, invoice)


@router.get("/agent/invoices/{invoice_id}/instalments")
async def read_plan(agent: BillingAgent, session: Transaction, invoice_id: UUID) -> PlansOut:
    return await _plans(session, await find(session, invoice_id))


@router.put("/agent/invoices/{invoice_id}/instalments")
async def make_plan(agent: BillingAgent, session: Transaction, invoice_id: UUID, body: PlanIn) -> PlansOut:
    """Split what is due; it replaces the plan that stands. 409 `nothing-to-split`."""
    parts = [Instalment(part.due_on, part.cents) for part in body.parts]
    invoice = await service.make(session, invoice_id, parts, reason=body.reason)
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="invoice.split",
        entity_id=invoice_id,
        after=body.model_dump(mode="json"),
    )
    return await _plans(session, invoice)


@router.post("/agent/invoices/{invoice_id}/instalments/cancellation", status_code=201)
async def cancel_plan(
    agent: BillingAgent, session: Transaction, invoice_id: UUID, body: PlanCancellationIn
) -> PlansOut:
    """Give the plan up: what is left is due as before. 409 `no-plan`."""
    invoice = await service.cancel(session, invoice_id)
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="invoice.split_cancelled",
        entity_id=invoice_id,
        after={"reason": body.reason},
    )
    return await _plans(session, invoice)


async def _plans(session: AsyncSession, invoice: Invoice) -> PlansOut:
    plan = await repository.plan_of(session, invoice.invoice_id)
    if plan is None:
        return PlansOut(items=[])
    return PlansOut(items=[_out(invoice, plan, await today(session, invoice.commune_id))])


def _out(invoice: Invoice, plan: InstalmentPlan, day: date) -> PlanOut:
    parts = repository.parts_of(plan)
    status = status_of(invoice.status, is_cancelled=plan.cancelled_at is not None)
    paid = standings(parts, invoice.due_cents + invoice.written_off_cents)
    by_parts = plan.is_paid_by_parts and status == "open"
    return PlanOut(
        invoice_id=invoice.invoice_id,
        status=status,
        next_part_cents=next_part(parts, invoice.due_cents) if by_parts else None,
        parts=[
            InstalmentOut(
                due_on=part.due_on,
                cents=part.cents,
                left_cents=part.left_cents,
                is_late=status == "open" and part.left_cents > 0 and part.due_on < day,
                is_paid=status != "void" and not came_in.left_cents,
            )
            for part, came_in in zip(standings(parts, invoice.due_cents), paid, strict=True)
        ],
    )
