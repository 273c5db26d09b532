"""The queue of requests."""

from __future__ import annotations

from collections.abc import Mapping

from preau.gateway.api.models.requests import AgentRequestSummary, PageAgentRequestSummary
from preau.gateway.pages.agents.context import AgentContext
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
    return await agent.requests.requests(**filters, cursor=asked.cursor, limit=limit)


REQUESTS = Listing[AgentRequestSummary](
    path="/agent/demandes",
    caption="Demandes, de la plus ancienne à la plus récente",
    fetch=_fetch,
    row_id=lambda request: request.request_id,
    filters=(
        Filter(
            "status",
            "État",
            options=tuple((code, text) for code, (text, _) in REQUEST.items()),
            prompt="Toutes",
        ),
    ),
    columns=(
        Column(
            "reference",
            "Référence",
            lambda request: request.reference,
            links=lambda request: [(request.reference, f"/agent/demandes/{request.request_id}")],
        ),
        Column("category", "Objet", lambda request: request.category_label),
        Column(
            "family",
            "Famille",
            lambda request: request.family_label,
            links=lambda request: [(request.family_label, f"/agent/familles/{request.family_id}")],
        ),
        Column("sent", "Envoyée", lambda request: request.submitted_at or request.created_at, "moment"),
        Column("status", "État", lambda request: request.status, "state", REQUEST),
        Column("decided", "Décidée", lambda request: request.decided_at, "moment", shown=False),
    ),
    empty=Empty("Aucune demande", "Les demandes envoyées par les familles paraissent ici.", "success"),
    no_match=Empty("Rien dans cette file", "Aucune demande n’est dans cet état.", "success"),
)
TAKING_UP = Bulk(
    "/agent/demandes/prises-en-charge", (Act("review", "Prendre en charge", "primary", "check"),)
)
