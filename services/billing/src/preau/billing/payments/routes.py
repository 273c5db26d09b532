"""Agents see what the commune owes families, and say when it is done."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter

from preau.billing.invoices.tables import Invoice
from preau.billing.payments import credits
from preau.billing.payments.schemas import CreditOut, HandledIn
from preau.billing.payments.tables import FamilyCredit
from preau.common.audit import record_change
from preau.common.errors import Conflict, NotFound
from preau.common.http.access import AgentAccess, AgentMay
from preau.common.http.pages import Page
from preau.common.money import Cents

router = APIRouter(prefix="/agent/credits", tags=["avoirs"])

BillingAgent = Annotated[AgentAccess, AgentMay("billing")]


class CreditIsHandled(Conflict):
    type, title = "credit-handled", "Déjà traité"


@router.get("")
async def list_credits(
    agent: BillingAgent, status: Literal["open", "handled", "all"] = "open"
) -> Page[CreditOut]:
    """The newest 200."""
    found = await credits.listed(agent.session, status=None if status == "all" else status)
    owed = await credits.owed_of(agent.session, [credit for credit, _ in found])
    return Page(items=[_out(credit, invoice, owed.get(credit.credit_id, 0)) for credit, invoice in found])


@router.post("/{credit_id}/handling")
async def handle_credit(agent: BillingAgent, credit_id: UUID, body: HandledIn) -> CreditOut:
    """Say that the money was given back or set off, and how."""
    found = await credits.held(agent.session, credit_id)
    if found is None:
        raise NotFound("Ce crédit n’existe pas.")
    if found[0].status != "open":
        raise CreditIsHandled("Ce crédit est déjà traité.")
    handled = await credits.handle(agent.session, credit_id, agent_id=agent.agent_id, note=body.note)
    out = _out(handled, found[1], 0)
    await record_change(
        agent.session,
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
