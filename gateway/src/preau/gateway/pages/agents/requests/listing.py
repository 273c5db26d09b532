"""The queue of requests."""

from __future__ import annotations

from collections.abc import Mapping

from preau.gateway.api.models.requests import AgentRequestSummary, PageAgentRequestSummary
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.family_column import family_column
from preau.gateway.pages.agents.labels import REQUEST
from preau.gateway.pages.agents.workbench.columns import Column
from preau.gateway.pages.agents.workbench.listing import (
    Act,
    Asked,
    Bulk,
    Empty,
    Filter,
    Listing,
)


async def _fetch(
    agent: AgentContext, filters: Mapping[str, str], asked: Asked, limit: int
) -> PageAgentRequestSummary:
    return await agent.requests.requests(**filters, sort=asked.order, cursor=asked.cursor, limit=limit)


REQUESTS = Listing[AgentRequestSummary](
    path="/agent/demandes",
    caption="Demandes",
    given_by="sent",
    fetch=_fetch,
    row_id=lambda request: request.request_id,
    record=lambda request: f"/agent/demandes/{request.request_id}",
    filters=(
        Filter("q", "Référence ou famille", "search"),
        Filter(
            "status",
            "État",
            options=tuple((code, text) for code, (text, _) in REQUEST.items()),
            prompt="Toutes",
        ),
        Filter("category_id", "Objet", prompt="Tous"),
    ),
    columns=(
        Column(
            "reference",
            "Référence",
            lambda request: request.reference,
            links=lambda request: [(request.reference, f"/agent/demandes/{request.request_id}")],
            sortable=True,
        ),
        Column("category", "Objet", lambda request: request.category_label),
        family_column(AgentRequestSummary),
        Column("sent", "Envoyée", lambda request: request.submitted_at, "moment", sortable=True),
        Column("status", "État", lambda request: request.status, "state", REQUEST),
        Column("decided", "Décidée", lambda request: request.decided_at, "moment", shown=False),
    ),
    empty=Empty("Aucune demande", "Les demandes envoyées par les familles paraissent ici.", "success"),
    no_match=Empty("Rien dans cette file", "Aucune demande n’est dans cet état.", "success"),
)
TAKING_UP = Bulk(
    "/agent/demandes/prises-en-charge", (Act("review", "Prendre en charge", "primary", "check"),)
)
