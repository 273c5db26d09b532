"""What every page of the back office stands on: the agent, the commune, and the services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from starlette.responses import Response

from preau.common.errors import Forbidden
from preau.gateway.api.billing import AgentBilling
from preau.gateway.api.client import ServiceClient
from preau.gateway.api.identity import AgentIdentity
from preau.gateway.api.models.identity import CommuneOut
from preau.gateway.api.payments import AgentPayments
from preau.gateway.api.requests import AgentRequests
from preau.gateway.api.reservations import AgentReservations
from preau.gateway.pages.agents.labels import LABELS
from preau.gateway.pages.civil_time import keep_zone, today_of, zone_of
from preau.gateway.pages.communes import Communes
from preau.gateway.pages.rendering import fragment, render
from preau.gateway.pages.sessions import AgentSession, Client
from preau.gateway.sessions.session import Session


class Page(Protocol):
    """A part of a list that the services give in parts."""

    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class AgentContext:
    """One agent's request. Calls carry the agent's token; the services decide what it may do."""

    request: Request
    session: Session
    client: ServiceClient
    commune: CommuneOut

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the commune."""
        return zone_of(self.request)

    @property
    def today(self) -> date:
        """The present day in the commune."""
        return today_of(self.request)

    @property
    def identity(self) -> AgentIdentity:
        return AgentIdentity(self.client, self.session.access_token)

    @property
    def reservations(self) -> AgentReservations:
        return AgentReservations(self.client, self.session.access_token)

    @property
    def billing(self) -> AgentBilling:
        return AgentBilling(self.client, self.session.access_token)

    @property
    def payments(self) -> AgentPayments:
        return AgentPayments(self.client, self.session.access_token)

    @property
    def requests(self) -> AgentRequests:
        return AgentRequests(self.client, self.session.access_token)

    def page(self, template: str, tab: str, /, status: int = 200, **context: object) -> Response:
        """A whole page, with entry `tab` of the navigation current."""
        return render(self.request, f"agents/{template}.html", self._around(tab, context), status=status)

    def fragment(self, template: str, **context: object) -> str:
        """A piece of a page, for what is sent as it happens."""
        return fragment(self.request, f"agents/{template}.html", {**LABELS, **context})

    def next_url(self, answer: Page) -> str | None:
        """This page's address with the cursor of its next part, None at the end."""
        return next_url(self.request.scope["path"], self.request.query_params, answer)

    def _around(self, tab: str, context: Mapping[str, object]) -> dict[str, object]:
        return {
            **LABELS,
            "session": self.session,
            "commune": self.commune,
            "person": self.session.display_name,
            "tab": tab,
            **context,
        }


def next_url(path: str, query: Mapping[str, str], answer: Page) -> str | None:
    """The address of a list's next part, None at the end."""
    if not answer.next_cursor:
        return None
    return f"{path}?{urlencode({**query, 'cursor': answer.next_cursor})}"


class NotForThisRole(Forbidden):
    """The agent's roles do not open this page."""

    type, title = "role", "Page réservée"


async def _agent_context(request: Request, session: AgentSession, client: Client) -> AgentContext:
    communes: Communes = request.app.state.communes
    commune = await communes.of_session(str(session.commune_id))
    keep_zone(request, commune.time_zone)
    return AgentContext(request, session, client, commune)


AnyAgent = Annotated[AgentContext, Depends(_agent_context)]
"""Any signed-in agent of the commune."""


def _for(*roles: str) -> Any:
    async def checked(agent: AnyAgent) -> AgentContext:
        if not agent.session.may(*roles):
            raise NotForThisRole("Votre rôle ne donne pas accès à cette page.")
        return agent

    return Depends(checked)


REGISTRY_READERS = ("reservations", "requests", "billing", "attendance")
"""The roles that read the families' records."""
ReservationsAgent = Annotated[AgentContext, _for("reservations")]
RegistryReader = Annotated[AgentContext, _for(*REGISTRY_READERS)]
AttendanceAgent = Annotated[AgentContext, _for("attendance", "reservations")]
BillingAgent = Annotated[AgentContext, _for("billing")]
RequestsAgent = Annotated[AgentContext, _for("requests")]
AdminAgent = Annotated[AgentContext, _for("admin")]
