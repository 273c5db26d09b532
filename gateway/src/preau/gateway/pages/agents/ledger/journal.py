"""The journal of a régie: each account over a period, and each day."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.billing import DayTotalOut
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.workbench.columns import Column
from preau.gateway.pages.agents.workbench.listing import Asked, Empty, Filter, Listing, Option, Rows
from preau.gateway.pages.agents.workbench.pages import table_or_first
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.wording.kinds import ACCOUNT, PAYMENT_METHOD, REVENUE
from preau.wording.typography import sentence

router = APIRouter()


async def _fetch(
    agent: AgentContext, filters: Mapping[str, str], asked: Asked, limit: int
) -> Rows[DayTotalOut]:
    regie_id = filters.get("regie_id") or await _first_regie(agent)
    if not regie_id:
        return Rows([])
    found = await agent.billing.journal(
        regie_id, first=filters.get("date_from", ""), last=filters.get("date_to", "")
    )
    return Rows(found.days)


async def _first_regie(agent: AgentContext) -> str:
    regies = (await agent.billing.regies()).items
    return regies[0].regie_id if regies else ""


def detail_of(label: str, detail: str) -> str:
    """The activity of a revenue, the instrument of cash."""
    return label or sentence(PAYMENT_METHOD.get(detail) or REVENUE.get(detail, ""))


JOURNAL = Listing[DayTotalOut](
    path="/agent/journal",
    caption="Écritures par jour",
    given_by="",
    told_as={"first": "date_from", "last": "date_to"},
    fetch=_fetch,
    filters=(
        Filter("regie_id", "Régie", prompt="La première"),
        Filter("date_from", "Depuis le", "date"),
        Filter("date_to", "Jusqu’au", "date", since="date_from"),
    ),
    columns=(
        Column("day", "Jour", lambda row: row.day, "day"),
        Column(
            "account", "Compte", lambda row: row.account, words={k: sentence(v) for k, v in ACCOUNT.items()}
        ),
        Column("detail", "Détail", lambda row: detail_of(row.label, row.detail)),
        Column("debit", "Débit", lambda row: row.debit_cents, "money"),
        Column("credit", "Crédit", lambda row: row.credit_cents, "money"),
    ),
    empty=Empty(
        "Aucune écriture",
        "Rien n’a été facturé ni encaissé à cette période.",
        "euro",
        "Préparer la facturation du mois",
        "/agent/facturation",
    ),
    no_match=Empty("Aucune écriture", "Rien n’a été facturé ni encaissé à cette période.", "search"),
)


@router.get("/agent/journal")
async def read_journal(agent: BillingAgent) -> Response:
    """The accounts of a régie over a period, opened and closed, and its days."""
    regies = (await agent.billing.regies()).items
    options: dict[str, list[Option]] = {"regie_id": [(each.regie_id, each.label) for each in regies]}
    table = await table_or_first(agent, JOURNAL, options)
    if isinstance(table, Response):
        return table
    asked = table.asked.filters
    regie_id = asked.get("regie_id") or (regies[0].regie_id if regies else "")
    journal = (
        await agent.billing.journal(regie_id, first=asked.get("date_from", ""), last=asked.get("date_to", ""))
        if regie_id
        else None
    )
    labels = {each.regie_id: each.label for each in regies}
    return agent.page(
        "ledger/journal",
        "journal",
        table=table,
        journal=journal,
        regie_label=labels.get(regie_id, ""),
        detail_of=detail_of,
    )


@router.get("/agent/journal.{kind}")
async def journal_sheet(agent: BillingAgent, kind: SheetKind) -> Response:
    """The days of the journal, for a spreadsheet."""
    return await sheet_response(agent, JOURNAL, kind)
