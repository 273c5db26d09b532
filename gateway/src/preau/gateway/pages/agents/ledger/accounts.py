"""A family's account at a régie: what moved, what is due, giving back what it is owed."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.form_fields import Cents, Needed
from preau.gateway.pages.form_models import OnceForm
from preau.gateway.pages.formats import money
from preau.gateway.pages.forms import Form
from preau.gateway.pages.periods import period_asked
from preau.gateway.pages.rendering import see_other

router = APIRouter()

MEANS = (("transfer", "Virement"), ("cheque", "Chèque"), ("cash", "Espèces"))
"""How an agent gives back by hand."""


class GivenBackForm(OnceForm):
    """What was given back of a credit, and how."""

    amount: Annotated[Cents, Field(title="Montant rendu", gt=0), Needed("Indiquez le montant rendu.")]
    means: Annotated[
        Literal["transfer", "cheque", "cash"],
        Field(title="Moyen"),
        Needed("Choisissez comment la somme est rendue."),
    ]
    note: Annotated[str, Field(title="Référence"), Needed("Indiquez une référence ou ce qui a été fait.")]

    def body(self) -> dict[str, Any]:
        return {"amount_cents": self.amount, "means": self.means, "note": self.note}


@router.get("/agent/comptes/{account_id}")
async def read_account(agent: BillingAgent, account_id: UUID, du: str = "", au: str = "") -> Response:
    """The account over a period, a year if nothing is asked for."""
    return await _page(agent, account_id, du=du, au=au)


async def _page(
    agent: AgentContext, account_id: UUID, form: Form | None = None, *, du: str = "", au: str = ""
) -> Response:
    asked = period_asked(du, au)
    statement = await agent.billing.statement(str(account_id), first=asked.first, last=asked.last)
    shown = form or Form({"amount": _typed(statement.credit_cents)})
    return agent.page(
        "ledger/account",
        "invoices",
        status=shown.status,
        statement=statement,
        form=shown,
        asked=asked,
        means=MEANS,
        key=str(uuid4()),
    )


def _typed(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}" if cents > 0 else ""


@router.post("/agent/comptes/{account_id}/remboursement")
async def give_back(agent: BillingAgent, account_id: UUID) -> Response:
    """Enter what was given back of the family's credit."""
    form, stated = GivenBackForm.sent(await agent.request.form())
    if stated is not None:
        with form.refusing({"amount_cents": "amount"}.get):
            made = await agent.billing.give_credit_back(
                str(account_id), stated.body(), key=stated.cle or str(uuid4())
            )
            done = f"{money(made.moved_cents)} rendus : il reste {money(made.credit_cents)} de crédit."
            flash.add(agent.request, "success", done)
            return see_other(f"/agent/comptes/{account_id}")
    return await _page(agent, account_id, form)


@router.post("/agent/comptes/{account_id}/deduction")
async def set_off(agent: BillingAgent, account_id: UUID) -> Response:
    """Lay the family's credit on what it owes."""
    form = Form()
    with form.refusing():
        made = await agent.billing.set_credit_off(str(account_id))
        flash.add(agent.request, "success", f"{money(made.moved_cents)} déduits de ce qui était dû.")
        return see_other(f"/agent/comptes/{account_id}")
    return await _page(agent, account_id, form)
