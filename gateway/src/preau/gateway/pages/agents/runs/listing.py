"""The lists of runs and of régies."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from preau.gateway.api.models.billing import RunOut
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.labels import RUN, RUN_KIND
from preau.gateway.pages.agents.workbench.columns import Column
from preau.gateway.pages.agents.workbench.listing import Asked, Empty, Filter, Listing, Rows


@dataclass(frozen=True, slots=True)
class RunOfRegie:
    """A run, and the name of the régie that it bills for."""

    run: RunOut
    regie_label: str


async def _fetch(
    agent: AgentContext, filters: Mapping[str, str], asked: Asked, limit: int
) -> Rows[RunOfRegie]:
    runs, regies = await asyncio.gather(
        agent.billing.runs(**filters, sort=asked.order, cursor=asked.cursor, limit=limit),
        agent.billing.regies(),
    )
    labels = {regie.regie_id: regie.label for regie in regies.items}
    rows = [RunOfRegie(run, labels.get(run.regie_id, "")) for run in runs.items]
    return Rows(rows, runs.next_cursor)


RUNS = Listing[RunOfRegie](
    path="/agent/facturation",
    caption="Facturations",
    given_by="-begun",
    fetch=_fetch,
    filters=(
        Filter("regie_id", "Régie", prompt="Toutes"),
        Filter("status", "État", options=tuple((code, text) for code, (text, _) in RUN.items())),
        Filter("period", "Mois", "month"),
    ),
    columns=(
        Column(
            "period",
            "Mois",
            lambda row: row.run.period,
            "month",
            links=lambda row: [(None, f"/agent/facturation/{row.run.run_id}")],
            sortable=True,
        ),
        Column("regie", "Régie", lambda row: row.regie_label),
        Column("kind", "Type", lambda row: row.run.kind, words=RUN_KIND),
        Column("status", "État", lambda row: row.run.status, "state", RUN),
        Column("begun", "Préparée", lambda row: row.run.created_at, "moment", sortable=True),
        Column("issued", "Émise", lambda row: row.run.issued_at, "moment", shown=False),
        Column("families", "Familles", lambda row: row.run.families, "number"),
        Column("total", "Total", lambda row: row.run.total_cents, "money", sortable=True),
        Column("carried", "Reportées", lambda row: row.run.families_carried, "number", shown=False),
        Column("before", "Mois précédent", lambda row: row.run.previous_total_cents, "money", shown=False),
    ),
    empty=Empty(
        "Pas encore de facturation",
        "Choisissez une régie et un mois pour calculer un premier aperçu.",
        "chart",
    ),
    no_match=Empty("Aucune facturation", "Cette régie n’a pas encore de facturation.", "search"),
)
