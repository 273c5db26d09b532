"""Agents write an invoice by hand: they see it, then issue it."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.billing.copies.calendar import today
from preau.billing.invoices.schemas import AgentInvoiceOut, agent_invoice_out
from preau.billing.manual_invoices import service
from preau.billing.manual_invoices.schemas import ManualInvoiceIn, ManualLineOut, ManualPreviewOut
from preau.common.audit import record_change
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.permissions import BillingAgent
from preau.common.http.unit_of_work import Transaction

router = APIRouter(prefix="/agent/families/{family_id}/manual-invoices", tags=["factures"])


@router.post("/preview")
async def preview_manual_invoice(
    agent: BillingAgent, session: Transaction, family_id: UUID, body: ManualInvoiceIn
) -> ManualPreviewOut:
    """The document as it would be issued, and what would follow; nothing is kept."""
    drawn = await service.draw_up(session, family_id, body)
    follows = await service.follows(session, drawn)
    total = drawn.draft.total_cents
    return ManualPreviewOut(
        regie_label=drawn.regie.label,
        total_cents=total,
        **follows._asdict(),
        due_cents=max(0, total) - follows.set_off_cents,
        due_date=drawn.due_date,
        lines=[
            ManualLineOut(
                child_name=charge.child_name,
                label=line.label,
                day=charge.service_date,
                quantity=line.quantity,
                unit_cents=charge.unit_cents,
                amount_cents=line.amount_cents,
            )
            for line in drawn.draft.lines
            for charge in line.charges
        ],
    )


@router.post("", status_code=201, response_model=AgentInvoiceOut)
async def issue_manual_invoice(
    agent: BillingAgent, session: Transaction, key: IdempotencyKey, family_id: UUID, body: ManualInvoiceIn
) -> Response:
    """Issue it at once: an avoir when it comes to less than zero."""

    async def produce() -> AgentInvoiceOut:
        invoice = await service.issue(session, family_id, body)
        await record_change(
            session,
            commune_id=agent.commune_id,
            agent_id=agent.agent_id,
            action="invoice.written",
            entity_id=invoice.invoice_id,
            after=body.model_dump(mode="json") | {"number": invoice.number},
        )
        return agent_invoice_out(invoice, await today(session, agent.commune_id))

    return await key.once(session, agent.agent_id, body, produce)
