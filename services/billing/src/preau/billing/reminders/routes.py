"""Agents see reminders, and note what they sent or handed over."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends

from preau.billing.invoices.responses import find
from preau.billing.regies.reminding import Means
from preau.billing.reminders import repository
from preau.billing.reminders.repository import REMINDERS, Listed
from preau.billing.reminders.schemas import (
    HandedOverIn,
    HandedOverOut,
    InvoiceReminderOut,
    InvoiceRemindersOut,
    ReminderOut,
)
from preau.common.audit import record_change
from preau.common.db.keyset import PageRequest
from preau.common.http.pages import Page
from preau.common.http.permissions import BillingAgent
from preau.common.http.unit_of_work import Transaction

router = APIRouter(tags=["relances"])


@router.get("/agent/reminders")
async def list_reminders(
    agent: BillingAgent,
    session: Transaction,
    asked: Annotated[PageRequest, Depends(REMINDERS.request)],
    means: Means | None = None,
    status: Literal["to_hand_over", "handed_over"] | None = None,
    regie_id: UUID | None = None,
) -> Page[ReminderOut]:
    """What was made, the newest first; to hand over is only what is still to be asked for."""
    found, next_cursor = await repository.listed(
        session,
        asked,
        means=means,
        is_handed_over=None if status is None else status == "handed_over",
        regie_id=regie_id,
    )
    return Page(items=[_out(each) for each in found], next_cursor=next_cursor)


@router.post("/agent/reminders/handed-over")
async def hand_over(agent: BillingAgent, session: Transaction, body: HandedOverIn) -> HandedOverOut:
    """Note letters and lists as sent or handed over. Said twice it is noted once."""
    done = await repository.hand_over(session, body.reminder_ids, agent.agent_id)
    for reminder_id in done:
        await record_change(
            session,
            commune_id=agent.commune_id,
            agent_id=agent.agent_id,
            action="reminder.handed_over",
            entity_id=reminder_id,
        )
    return HandedOverOut(count=len(done))


@router.get("/agent/invoices/{invoice_id}/reminders")
async def list_reminders_of_invoice(
    agent: BillingAgent, session: Transaction, invoice_id: UUID
) -> InvoiceRemindersOut:
    """The steps that an invoice went through."""
    await find(session, invoice_id)
    made = await repository.of_invoice(session, invoice_id)
    return InvoiceRemindersOut(
        items=[
            InvoiceReminderOut.model_validate(vars(each) | {"asked_cents": each.due_cents}) for each in made
        ]
    )


def _out(found: Listed) -> ReminderOut:
    reminder, invoice = found
    return ReminderOut(
        reminder_id=reminder.reminder_id,
        invoice_id=reminder.invoice_id,
        number=invoice.number or "",
        family_id=reminder.family_id,
        family_label=invoice.addressee["label"],
        addressee=invoice.addressee["name"],
        street=invoice.addressee["street"],
        postal_code=invoice.addressee["postal_code"],
        city=invoice.addressee["city"],
        regie_label=invoice.regie_label,
        step=reminder.step,
        means=reminder.means,
        made_on=reminder.made_on,
        due_date=invoice.due_date or reminder.made_on,
        due_cents=invoice.due_cents,
        asked_cents=reminder.due_cents,
        handed_over_at=reminder.handed_over_at,
    )
