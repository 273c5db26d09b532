"""A family's account at a régie: what moved, what is due, giving back what it is owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID, uuid4

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.workbench.columns import Column
from preau.gateway.pages.agents.workbench.listing import Asked, Filter, Listing, Rows
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.form_fields import CentsAsked, Needed
from preau.gateway.pages.form_models import OnceForm
from preau.gateway.pages.formats import money, movement
from preau.gateway.pages.forms import Form
from preau.gateway.pages.periods import period_asked
from preau.gateway.pages.rendering import see_other

router = APIRouter()

MEANS = (("transfer", "Virement"), ("cheque", "Chèque"), ("cash", "Espèces"))
"""How an agent gives back by hand."""


class GivenBackForm(OnceForm):
    """What was given back of a credit, and how."""

    amount: Annotated[CentsAsked, Field(title="Montant rendu"), Needed("Indiquez le montant rendu.")]
    means: Annotated[
        Literal["transfer", "cheque", "cash"],
        Field(title="Moyen"),
        Needed("Choisissez comment la somme est rendue."),
    ]
    note: Annotated[str, Field(title="Référence"), Needed("Indiquez une référence ou ce qui a été fait.")]

    def body(self) -> dict[str, Any]:
        return {"amount_cents": self.amount, "means": self.means, "note": self.note}


class Moved(NamedTuple):
    """A line of a statement's sheet."""

    day: date | str
    text: str
    numbers: Sequence[str]
    memo: str
    cents: int | None
    balance_cents: int


def _movements(account_id: UUID) -> Listing[Moved]:
    """The lines of an account's statement, for its sheets."""

    async def fetch(agent: AgentContext, filters: Mapping[str, str], asked: Asked, limit: int) -> Rows[Moved]:
        period = period_asked(filters.get("du", ""), filters.get("au", ""))
        found = await agent.billing.statement(str(account_id), first=period.first, last=period.last)
        opening = Moved(found.first, "Solde au début", (), "", None, found.opening_cents)
        moved = (
            Moved(each.day, movement(each), each.numbers, each.memo, each.cents, each.balance_cents)
            for each in found.movements
        )
        return Rows([opening, *moved])

    return Listing[Moved](
        path=f"/agent/comptes/{account_id}/mouvements",
        caption="Mouvements du compte",
        fetch=fetch,
        filters=(Filter("du", "Du", "date"), Filter("au", "Au", "date")),
        columns=(
            Column("day", "Jour", lambda row: row.day, "day"),
            Column("text", "Mouvement", lambda row: row.text),
            Column("numbers", "Factures", lambda row: ", ".join(row.numbers)),
            Column("memo", "Motif", lambda row: row.memo),
            Column("cents", "Montant", lambda row: row.cents, "money"),
            Column("balance", "Solde", lambda row: row.balance_cents, "money"),
        ),
    )


@router.get("/agent/comptes/{account_id}/mouvements.{kind}")
async def movements_sheet(agent: BillingAgent, account_id: UUID, kind: SheetKind) -> Response:
    """The statement over the same period, for a spreadsheet."""
    return await sheet_response(agent, _movements(account_id), kind)


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
