"""Agents see the credits of families, and close those that they have paid back."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends

from preau.billing.invoices import credit_repository, credits
from preau.billing.invoices.credit_repository import CREDITS
from preau.billing.invoices.credit_schemas import CreditOut, HandledIn
from preau.billing.invoices.tables import FamilyCredit, Invoice
from preau.common.audit import record_change
from preau.common.db.keyset import PageRequest
from preau.common.http.pages import Page
from preau.common.http.permissions import BillingAgent
from preau.common.http.unit_of_work import Transaction
from preau.common.money import Cents

router = APIRouter(prefix="/agent/credits", tags=["avoirs"])


@router.get("")
async def list_credits(
    agent: BillingAgent,
    session: Transaction,
    asked: Annotated[PageRequest, Depends(CREDITS.request)],
    status: Literal["open", "handled", "all"] = "open",
    family_id: UUID | None = None,
) -> Page[CreditOut]:
    """The credits of the commune's families, the newest first unless asked otherwise."""
    found, next_cursor = await credit_repository.listed(
        session, asked, status=None if status == "all" else status, family_id=family_id
    )
    left = await credits.left_of(session, [credit for credit, _ in found])
    items = [_out(credit, invoice, left.get(credit.credit_id, 0)) for credit, invoice in found]
    return Page(items=items, next_cursor=next_cursor)


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
