"""The list of what is past due, by its age."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.billing import PageUnpaidOut, UnpaidOut
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.workbench.columns import Column
from preau.gateway.pages.agents.workbench.listing import Asked, Empty, Filter, Listing
from preau.gateway.pages.agents.workbench.pages import list_page
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.wording.amounts import euros
from preau.wording.dates import short_date

router = APIRouter()


async def _fetch(agent: AgentContext, filters: Mapping[str, str], asked: Asked, limit: int) -> PageUnpaidOut:
    return await agent.billing.unpaid(**filters, sort=asked.order, cursor=asked.cursor, limit=limit)


def _plan(row: UnpaidOut) -> str:
    """The parts of instalment plans that are late, and the next one."""
    late = [f"{euros(row.late_parts_cents)} en retard"] if row.late_parts_cents else []
    ahead = [f"{euros(row.next_part_cents)} le {short_date(row.next_part_on)}"] if row.next_part_on else []
    return ", puis ".join([*late, *ahead])


UNPAID = Listing[UnpaidOut](
    path="/agent/impayes",
    caption="Impayés",
    given_by="oldest",
    fetch=_fetch,
    filters=(Filter("regie_id", "Régie", prompt="Toutes"),),
    columns=(
        Column(
            "family",
            "Famille",
            lambda row: row.family_label,
            links=lambda row: [(row.family_label, f"/agent/comptes/{row.account_id}")],
        ),
        Column("regie", "Régie", lambda row: row.regie_label),
        Column("oldest", "Plus ancienne échéance", lambda row: row.oldest, "day", sortable=True),
        Column("plan", "Échéancier", _plan),
        Column("late_parts", "Parts en retard", lambda row: row.late_parts_cents, "money", shown=False),
        Column("next_part_on", "Prochaine part le", lambda row: row.next_part_on, "day", shown=False),
        Column("next_part", "Prochaine part", lambda row: row.next_part_cents, "money", shown=False),
        Column("not_yet", "Pas encore échu", lambda row: row.not_yet_cents, "money"),
        Column("up_to_30", "30 jours au plus", lambda row: row.up_to_30_cents, "money"),
        Column("up_to_60", "31 à 60 jours", lambda row: row.up_to_60_cents, "money"),
        Column("up_to_90", "61 à 90 jours", lambda row: row.up_to_90_cents, "money"),
        Column("beyond", "Plus de 90 jours", lambda row: row.beyond_cents, "money"),
        Column("due", "Reste dû en tout", lambda row: row.due_cents, "money", sortable=True),
    ),
    empty=Empty(
        "Aucun impayé",
        "Les familles dont une facture a passé son échéance paraîtront ici.",
        "success",
        "Voir les factures",
        "/agent/factures",
    ),
    no_match=Empty("Aucun impayé", "Aucune famille n’a d’impayé à cette régie.", "search"),
)


@router.get("/agent/impayes")
async def list_unpaid(agent: BillingAgent) -> Response:
    """What is past due, family by family, by its age."""
    regies = await agent.billing.regies()
    options = {"regie_id": [(each.regie_id, each.label) for each in regies.items]}
    return await list_page(agent, UNPAID, "ledger/unpaid", "invoices", options)


@router.get("/agent/impayes.{kind}")
async def unpaid_sheet(agent: BillingAgent, kind: SheetKind) -> Response:
    """The same, all of them, for a spreadsheet."""
    return await sheet_response(agent, UNPAID, kind)
