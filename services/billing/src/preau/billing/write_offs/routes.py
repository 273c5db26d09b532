"""Agents write off what is due of an invoice, and undo it."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.invoices.schemas import AgentInvoiceOut, agent_invoice_out
from preau.billing.invoices.tables import Invoice
from preau.billing.write_offs import service
from preau.billing.write_offs.schemas import WriteOffIn
from preau.common.audit import record_change
from preau.common.http.permissions import AgentCaller, BillingAgent
from preau.common.http.unit_of_work import Transaction

router = APIRouter(prefix="/agent/invoices/{invoice_id}/write-off", tags=["factures"])


@router.post("", status_code=201)
async def write_off(
    agent: BillingAgent, session: Transaction, invoice_id: UUID, body: WriteOffIn
) -> AgentInvoiceOut:
    """Write off all that is due. 409 `nothing-due`, and `held-by-its-order` for a prepaid one."""
    invoice = await service.write_off(session, invoice_id, reason=body.reason, agent_id=agent.agent_id)
    return await _told(session, agent, "invoice.written_off", invoice, body)


@router.post("/undoing", status_code=201)
async def undo_write_off(
    agent: BillingAgent, session: Transaction, invoice_id: UUID, body: WriteOffIn
) -> AgentInvoiceOut:
    """Ask again for what was written off; credit is set off against it. 409 `not-written-off`."""
    invoice = await service.undo(session, invoice_id, reason=body.reason, agent_id=agent.agent_id)
    return await _told(session, agent, "invoice.asked_again", invoice, body)


async def _told(
    session: AsyncSession, agent: AgentCaller, action: str, invoice: Invoice, body: WriteOffIn
) -> AgentInvoiceOut:
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=invoice.invoice_id,
        after={
            "reason": body.reason,
            "due_cents": invoice.due_cents,
            "written_off_cents": invoice.written_off_cents,
        },
    )
    return agent_invoice_out(invoice, await today(session, agent.commune_id))
