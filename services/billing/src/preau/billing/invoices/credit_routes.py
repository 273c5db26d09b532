"""Agents see the credits of families, and close those that they have paid back."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter

from preau.billing.invoices import credit_repository, credits
from preau.billing.invoices.credit_schemas import CreditOut, HandledIn
from preau.billing.invoices.tables import FamilyCredit, Invoice
from preau.common.audit import record_change
from preau.common.http.pages import Page
from preau.common.http.permissions import BillingAgent
from preau.common.http.unit_of_work import Transaction
from preau.common.money import Cents

router = APIRouter(prefix="/agent/credits", tags=["avoirs"])


@router.get("")
async def list_credits(
    agent: BillingAgent, session: Transaction, status: Literal["open", "handled", "all"] = "open"
) -> Page[CreditOut]:
    """The newest 200."""
    found = await credit_repository.listed(session, status=None if status == "all" else status)
    left = await credits.left_of(session, [credit for credit, _ in found])
    return Page(items=[_out(credit, invoice, left.get(credit.credit_id, 0)) for credit, invoice in found])


@router.post("/{credit_id}/handling")
async def handle_credit(
    agent: BillingAgent, session: Transaction, credit_id: UUID, body: HandledIn
) -> CreditOut:
    """Say that the money was given back or set off, and how."""
    handled, invoice = await credits.handle(session, credit_id, agent_id=agent.agent_id, note=body.note)
    out = _out(handled, invoice, 0)
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="credit.handled",
        entity_id=credit_id,
        after=out,
    )
    return out


def _out(credit: FamilyCredit, invoice: Invoice, left_cents: Cents) -> CreditOut:
    return CreditOut.model_validate(
        vars(credit)
        | {
            "family_label": invoice.addressee["label"],
            "invoice_number": invoice.number,
            "left_cents": left_cents,
        }
    )
