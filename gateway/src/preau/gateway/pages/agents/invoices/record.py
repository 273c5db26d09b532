"""The page of an invoice."""

from __future__ import annotations

import asyncio
from uuid import UUID

from starlette.responses import Response

from preau.gateway.api.models.billing import InvoiceReminderOut, PlanOut
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.forms import Form
from preau.wording.kinds import REMINDER
from preau.wording.statuses import PLAN


async def record_page(agent: AgentContext, invoice_id: UUID, form: Form | None = None) -> Response:
    """An invoice, each line with how its price came about; ``form`` is what was refused."""
    invoice, changed = await asyncio.gather(
        agent.billing.invoice(str(invoice_id)),
        last_change(agent, agent.billing.changes(str(invoice_id))),
    )
    is_draft = invoice.status == "draft"
    reminders, plan = ([], None) if is_draft else await _beside(agent, str(invoice_id))
    shown = form or Form()
    return agent.page(
        "invoices/record",
        "invoices",
        status=shown.status,
        invoice=invoice,
        changed=changed,
        form=shown,
        reminders=reminders,
        reminder_means=REMINDER,
        plan=plan,
        plan_words=PLAN,
    )


async def _beside(agent: AgentContext, invoice_id: str) -> tuple[list[InvoiceReminderOut], PlanOut | None]:
    """The reminders and the instalment plan of an issued invoice."""
    reminders, plan = await asyncio.gather(
        agent.billing.invoice_reminders(invoice_id), agent.billing.plan(invoice_id)
    )
    return reminders.items, plan
