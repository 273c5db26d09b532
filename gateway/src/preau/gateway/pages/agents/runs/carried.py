"""The small amounts that wait for the next month's end."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.billing import CarriedMonthOut, CarriedMonthsOut
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.workbench.columns import Column
from preau.gateway.pages.agents.workbench.listing import Asked, Empty, Filter, Listing
from preau.gateway.pages.agents.workbench.pages import table_or_first
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.wording.dates import and_list, month

router = APIRouter()


async def _fetch(
    agent: AgentContext, filters: Mapping[str, str], asked: Asked, limit: int
) -> CarriedMonthsOut:
    return await agent.billing.carried_months(**filters, sort=asked.order, cursor=asked.cursor, limit=limit)


CARRIED = Listing[CarriedMonthOut](
    path="/agent/reports",
    caption="Montants reportés",
    given_by="-carried",
    fetch=_fetch,
    record=lambda row: f"/agent/familles/{row.family_id}/factures",
    filters=(Filter("regie_id", "Régie", prompt="Toutes"),),
    columns=(
        Column(
            "family",
            "Famille",
            lambda row: row.family_label,
            links=lambda row: [(row.family_label, f"/agent/familles/{row.family_id}/factures")],
        ),
        Column("regie", "Régie", lambda row: row.regie_label),
        Column("periods", "Mois reporté", lambda row: and_list([month(each) for each in row.periods])),
        Column("amount", "Montant", lambda row: row.amount_cents, "money", sortable=True),
        Column("carried", "Reporté le", lambda row: row.carried_at, "moment", sortable=True),
    ),
    empty=Empty(
        "Rien n’est reporté",
        "Une régie peut reporter les petits montants : cela se règle dans sa page.",
        "euro",
        "Voir les régies",
        "/agent/facturation",
    ),
    no_match=Empty("Rien n’est reporté", "Aucune famille de cette régie n’a de mois reporté.", "search"),
)


@router.get("/agent/reports")
async def list_carried_months(agent: BillingAgent) -> Response:
    """The families whose month was carried over, how many and how much."""
    regies = await agent.billing.regies()
    options = {"regie_id": [(each.regie_id, each.label) for each in regies.items]}
    table = await table_or_first(agent, CARRIED, options)
    if isinstance(table, Response):
        return table
    waiting = await agent.billing.carried_months(**CARRIED.asked(agent.request.query_params).filters, limit=1)
    return agent.page("runs/carried", "runs", table=table, waiting=waiting)


@router.get("/agent/reports.{kind}")
async def carried_sheet(agent: BillingAgent, kind: SheetKind) -> Response:
    """The same, all of them, for a spreadsheet."""
    return await sheet_response(agent, CARRIED, kind)
