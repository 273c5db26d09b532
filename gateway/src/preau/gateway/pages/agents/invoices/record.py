"""The page of an invoice."""

from __future__ import annotations

import asyncio
from uuid import UUID

from starlette.responses import Response

from preau.gateway.api.models.billing import InvoiceReminderOut
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.forms import Form
from preau.wording.kinds import REMINDER


async def record_page(agent: AgentContext, invoice_id: UUID, form: Form | None = None) -> Response:
    """An invoice, each line with how its price came about; ``form`` is what was refused."""
    invoice, changed = await asyncio.gather(
        agent.billing.invoice(str(invoice_id)),
        last_change(agent, agent.billing.changes(str(invoice_id))),
    )
    reminders = [] if invoice.status == "draft" else await _reminders(agent, invoice_id)
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
    )


async def _reminders(agent: AgentContext, invoice_id: UUID) -> list[InvoiceReminderOut]:
    return (await agent.billing.invoice_reminders(str(invoice_id))).items
