"""What every page of the back office stands on: the agent, the commune, and the services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from starlette.responses import Response

from preau.common.errors import Forbidden
from preau.gateway.api.client import ServiceClient
from preau.gateway.pages.agents.labels import LABELS
from preau.gateway.pages.communes import Communes
from preau.gateway.pages.rendering import render
from preau.gateway.pages.sessions import AgentSession, Client
from preau.gateway.sessions.session import Session

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AgentContext:
    """One agent's request. Calls carry the agent's token; the services decide what it may do."""

    request: Request
    session: Session
    client: ServiceClient
    commune: Json | None

    async def get(self, service: str, path: str, **params: Any) -> Any:
        """Read from a service's agents' routes; `path` follows "/agent". Empty parameters are left out."""
        kept = {name: value for name, value in params.items() if value not in ("", None)}
        return await self.client.get(service, f"/agent{path}", self.session.access_token, params=kept)

    async def post(self, service: str, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Post to a service's agents' routes, with an idempotency key where one is asked."""
        return await self.client.post(
            service,
            f"/agent{path}",
            self.session.access_token,
            json={} if body is None else body,
            idempotency_key=key,
        )

    async def patch(self, service: str, path: str, body: Any) -> Any:
        """Change something."""
        return await self.client.patch(service, f"/agent{path}", self.session.access_token, json=body)

    async def put(self, service: str, path: str, body: Any) -> Any:
        """Set something."""
        return await self.client.put(service, f"/agent{path}", self.session.access_token, json=body)

    def page(self, template: str, tab: str, /, status: int = 200, **context: Any) -> Response:
        """A whole page, with entry `tab` of the navigation current."""
        return render(self.request, f"agents/{template}.html", self._around(tab, context), status=status)

    def next_url(self, answer: Mapping[str, Any]) -> str | None:
        """This page's address with the cursor of its next part, None at the end."""
        return next_url(self.request.scope["path"], self.request.query_params, answer)

    def _around(self, tab: str, context: Mapping[str, Any]) -> Json:
        return {
            **LABELS,
            "session": self.session,
            "commune": self.commune,
            "person": self.session.display_name,
            "tab": tab,
            **context,
        }


def next_url(path: str, query: Mapping[str, str], answer: Mapping[str, Any]) -> str | None:
    """The address of a list's next part, None at the end."""
    if not answer.get("next_cursor"):
        return None
    return f"{path}?{urlencode({**query, 'cursor': answer['next_cursor']})}"


class NotForThisRole(Forbidden):
    """The agent's roles do not open this page."""

    type, title = "role", "Page réservée"


async def _agent_context(request: Request, session: AgentSession, client: Client) -> AgentContext:
    communes: Communes = request.app.state.communes
    return AgentContext(request, session, client, await communes.find(commune_id=str(session.commune_id)))


AnyAgent = Annotated[AgentContext, Depends(_agent_context)]
"""Any signed-in agent of the commune."""


def _for(*roles: str) -> Any:
    async def checked(agent: AnyAgent) -> AgentContext:
        if not agent.session.may(*roles):
            raise NotForThisRole("Votre rôle ne donne pas accès à cette page.")
        return agent

    return Depends(checked)


ReservationsAgent = Annotated[AgentContext, _for("reservations")]
RegistryReader = Annotated[AgentContext, _for("reservations", "requests", "billing", "attendance")]
AttendanceAgent = Annotated[AgentContext, _for("attendance", "reservations")]
BillingAgent = Annotated[AgentContext, _for("billing")]
RequestsAgent = Annotated[AgentContext, _for("requests")]
AdminAgent = Annotated[AgentContext, _for("admin")]
