"""The list of what families are owed."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.billing import CreditOut, PageCreditOut
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.workbench.columns import Column
from preau.gateway.pages.agents.workbench.listing import Asked, Empty, Listing
from preau.gateway.pages.agents.workbench.pages import list_page
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response

router = APIRouter()


async def _fetch(agent: AgentContext, filters: Mapping[str, str], asked: Asked, limit: int) -> PageCreditOut:
    return await agent.billing.credits(**filters, sort=asked.order, cursor=asked.cursor, limit=limit)


CREDITS = Listing[CreditOut](
    path="/agent/credits",
    caption="Crédits des familles",
    given_by="-since",
    fetch=_fetch,
    record=lambda credit: f"/agent/comptes/{credit.account_id}",
    filters=(),
    columns=(
        Column(
            "family",
            "Famille",
            lambda credit: credit.family_label,
            links=lambda credit: [(credit.family_label, f"/agent/comptes/{credit.account_id}")],
        ),
        Column("regie", "Régie", lambda credit: credit.regie_label),
        Column("since", "Depuis", lambda credit: credit.since, "moment", sortable=True),
        Column("why", "Pourquoi", lambda credit: credit.why),
        Column("amount", "Crédit", lambda credit: credit.credit_cents, "money", sortable=True),
    ),
    empty=Empty(
        "Aucun crédit",
        "Quand une famille a trop payé ou reçoit un avoir, ce que la commune lui doit paraît ici.",
        "euro",
        "Voir les factures",
        "/agent/factures",
    ),
    no_match=Empty("Aucun crédit", "Aucune famille n’a de crédit.", "search"),
)


@router.get("/agent/credits")
async def list_credits(agent: BillingAgent) -> Response:
    """What families are owed, régie by régie."""
    return await list_page(agent, CREDITS, "ledger/credits", "invoices", {})


@router.get("/agent/credits.{kind}")
async def credits_sheet(agent: BillingAgent, kind: SheetKind) -> Response:
    """The same, all of them, for a spreadsheet."""
    return await sheet_response(agent, CREDITS, kind)
