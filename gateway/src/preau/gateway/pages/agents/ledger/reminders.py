"""The reminders: letters and lists for the Treasury to hand over, and what was."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.api.models.billing import PageReminderOut, ReminderOut
from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, BillingAgent
from preau.gateway.pages.agents.family_column import family_column
from preau.gateway.pages.agents.workbench.columns import Column
from preau.gateway.pages.agents.workbench.listing import Act, Asked, Bulk, Empty, Filter, Listing
from preau.gateway.pages.agents.workbench.pages import table_or_first
from preau.gateway.pages.agents.workbench.selection import NOTHING_CHOSEN, chosen_of
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.rendering import see_other
from preau.wording.kinds import REMINDER as MEANS
from preau.wording.statuses import REMINDER as STATUS
from preau.wording.typography import sentence

router = APIRouter()

WORDS = {code: sentence(name) for code, name in MEANS.items()}
TO_HAND_OVER = "/agent/relances?status=to_hand_over"


async def _fetch(
    agent: AgentContext, filters: Mapping[str, str], asked: Asked, limit: int
) -> PageReminderOut:
    return await agent.billing.reminders(**filters, sort=asked.order, cursor=asked.cursor, limit=limit)


REMINDERS = Listing[ReminderOut](
    path="/agent/relances",
    caption="Relances",
    given_by="-made_on",
    fetch=_fetch,
    row_id=lambda row: row.reminder_id,
    record=lambda row: f"/agent/factures/{row.invoice_id}",
    filters=(
        Filter(
            "status",
            "État",
            options=tuple((code, sentence(name)) for code, name in STATUS.items()),
            prompt="Toutes",
        ),
        Filter("means", "Moyen", options=tuple(WORDS.items())),
        Filter("regie_id", "Régie", prompt="Toutes"),
    ),
    columns=(
        Column(
            "number",
            "Facture",
            lambda row: row.number,
            links=lambda row: [(row.number, f"/agent/factures/{row.invoice_id}")],
        ),
        family_column(ReminderOut),
        Column("addressee", "Destinataire", lambda row: row.addressee, shown=False),
        Column("street", "Rue", lambda row: row.street, shown=False),
        Column("postal_code", "Code postal", lambda row: row.postal_code, shown=False),
        Column("city", "Ville", lambda row: row.city, shown=False),
        Column("regie", "Régie", lambda row: row.regie_label),
        Column("step", "Étape", lambda row: row.step),
        Column("means", "Moyen", lambda row: row.means, words=WORDS),
        Column("made_on", "Relancée le", lambda row: row.made_on, "day", sortable=True),
        Column("due_date", "Échéance", lambda row: row.due_date, "day"),
        Column("due", "Reste dû", lambda row: row.due_cents, "money"),
        Column("handed_over", "Remise", lambda row: row.handed_over_at, "moment"),
    ),
    empty=Empty(
        "Aucune relance",
        "Les relances se règlent dans la page de chaque régie ; elles paraissent ici.",
        "invoice",
        "Voir les impayés",
        "/agent/impayes",
    ),
    no_match=Empty("Aucune relance", "Aucune relance ne correspond à ces filtres.", "search"),
)
HANDING_OVER = Bulk(
    "/agent/relances/remises", (Act("handed_over", "Noter comme remises", "primary", "check"),)
)


@router.get("/agent/relances")
async def list_reminders(agent: BillingAgent) -> Response:
    """What was made, and what an agent has to send or hand over."""
    asked = REMINDERS.asked(agent.request.query_params)
    bulk = HANDING_OVER if asked.filters["status"] == "to_hand_over" else None
    regies = await agent.billing.regies()
    options = {"regie_id": [(each.regie_id, each.label) for each in regies.items]}
    table = await table_or_first(agent, REMINDERS, options, bulk)
    if isinstance(table, Response):
        return table
    return agent.page("ledger/reminders", "invoices", table=table)


@router.get("/agent/relances.{kind}")
async def reminders_sheet(agent: BillingAgent, kind: SheetKind) -> Response:
    """The same with the addresses, for letters and for the Treasury."""
    return await sheet_response(agent, REMINDERS, kind)


@router.post("/agent/relances/remises")
async def hand_over(agent: BillingAgent) -> Response:
    """Note the letters and lists ticked as sent or handed over."""
    chosen = chosen_of(await agent.request.form())
    if chosen:
        done = await agent.billing.hand_over([str(each) for each in chosen])
        many = "s" if done.count > 1 else ""
        flash.add(agent.request, "success", f"{done.count} relance{many} notée{many} comme remise{many}.")
    else:
        flash.add(agent.request, "warning", NOTHING_CHOSEN)
    return see_other(TO_HAND_OVER)
