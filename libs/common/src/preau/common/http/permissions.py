"""Who may call a route: each route declares it, and a route that declares nothing fails a test.

A permission answers who calls and of which tenant; it opens nothing. The transactions of that tenant are
those of ``preau.common.http.unit_of_work``.
"""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts

from preau.common.auth.subjects import Agent, Membership, Parent
from preau.common.auth.tokens import TokenVerifier
from preau.common.errors import Forbidden, NotFound, Unauthenticated
from preau.common.http.client_address import client_address
from preau.common.http.unit_of_work import Tenant, tell_tenant, transaction, unit_of_work


@dataclass(frozen=True, slots=True)
class FamilyCaller:
    """A parent who acts for the family in the path."""

    account_id: UUID
    session_id: UUID
    family_id: UUID
    guardian_id: UUID
    commune_id: UUID


@dataclass(frozen=True, slots=True)
class AccountCaller:
    """A signed-in account, over its communes."""

    account_id: UUID
    session_id: UUID
    memberships: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class AgentCaller:
    """An agent of one commune with one of the route's roles."""

    agent_id: UUID
    session_id: UUID
    commune_id: UUID
    roles: frozenset[str]
    name: str


@dataclass(frozen=True, slots=True)
class AnyCaller:
    """Nobody in particular, from an address that the gateway saw."""

    client_address: str


class Permission:
    """Marks the dependencies that decide who may call a route."""

    who = ""
    """Whom it lets in, in words."""
    tenant = ""
    """What the transactions of the request see."""


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Connectez-vous pour continuer.")
    return token.strip()


async def _parent(request: Request) -> Parent:
    verifier: TokenVerifier = request.app.state.verifier
    return await verifier.parent(_bearer(request))


async def _agent(request: Request) -> Agent:
    verifier: TokenVerifier = request.app.state.verifier
    return await verifier.agent(_bearer(request))


class FamilyMay(Permission):
    """Parents, each for the families that they are a member of; any other family does not exist for them."""

    who = "parents of the family"
    tenant = "the family's commune"

    async def __call__(self, request: Request, family_id: UUID) -> FamilyCaller:
        parent = await _parent(request)
        membership = parent.membership(family_id)
        if membership is None:
            raise NotFound("Cette famille n’existe pas.")
        tell_tenant(request, Tenant(commune_id=membership.commune_id))
        return FamilyCaller(
            parent.account_id, parent.session_id, family_id, membership.guardian_id, membership.commune_id
        )


class AccountMay(Permission):
    """Any signed-in parent."""

    who = "any parent"
    tenant = "the account"

    async def __call__(self, request: Request) -> AccountCaller:
        parent = await _parent(request)
        tell_tenant(request, Tenant(account_id=parent.account_id))
        return AccountCaller(parent.account_id, parent.session_id, parent.memberships)


class _AgentPermission(Permission):
    tenant = "the agent's commune"

    def __init__(self, roles: frozenset[str]) -> None:
        self.roles = roles
        self.who = f"agents: {', '.join(sorted(roles | {'admin'}))}" if roles else "any agent"

    async def __call__(self, request: Request) -> AgentCaller:
        agent = await _agent(request)
        if self.roles and not agent.may(self.roles):
            raise Forbidden("Votre rôle ne permet pas cette action.")
        tell_tenant(request, Tenant(commune_id=agent.commune_id))
        return AgentCaller(agent.agent_id, agent.session_id, agent.commune_id, agent.roles, agent.name)


class _Anyone(Permission):
    who = "anyone"
    tenant = "none"

    async def __call__(self, request: Request) -> AnyCaller:
        return AnyCaller(client_address(request))


def AgentMay(*roles: str) -> Any:
    """Agents with one of ``roles``; ``admin`` always. Without roles: any agent of the commune."""
    return Depends(_AgentPermission(frozenset(roles)))


Family = Annotated[FamilyCaller, Depends(FamilyMay())]
Account = Annotated[AccountCaller, Depends(AccountMay())]
Anyone = Annotated[AnyCaller, Depends(_Anyone())]
AnyAgent = Annotated[AgentCaller, AgentMay()]
AdminAgent = Annotated[AgentCaller, AgentMay("admin")]
ReservationsAgent = Annotated[AgentCaller, AgentMay("reservations")]
AttendanceAgent = Annotated[AgentCaller, AgentMay("attendance", "reservations")]
BillingAgent = Annotated[AgentCaller, AgentMay("billing")]
RequestsAgent = Annotated[AgentCaller, AgentMay("requests")]
RegistryReader = Annotated[AgentCaller, AgentMay("reservations", "attendance", "billing", "requests")]
"""An agent who may look up families."""


def routes_of(app: FastAPI) -> list[RouteContext]:
    """Every route that ``app`` answers; ``app.routes`` itself keeps an included router whole."""
    return list(iter_route_contexts(app.routes))


def permission_of(route: RouteContext) -> Permission | None:
    """The permission that a route declares, itself or by its router, if it does."""
    dependant: Dependant | None = getattr(route, "dependant", None)
    return None if dependant is None else _permission_in(dependant)


def _permission_in(dependant: Dependant) -> Permission | None:
    waiting = list(dependant.dependencies)
    while waiting:
        found = waiting.pop()
        if isinstance(found.call, Permission):
            return found.call
        waiting += found.dependencies
    return None


TECHNICAL_PATHS = frozenset({"/healthz", "/readyz", "/metrics", "/openapi.json"})


def routes_without_permission(app: FastAPI) -> list[str]:
    """Routes that anyone could call because nobody said who may: there must be none."""
    return [
        f"{sorted(route.methods or ())} {route.path}"
        for route in routes_of(app)
        if route.path not in TECHNICAL_PATHS and permission_of(route) is None
    ]


def routes_out_of_order(app: FastAPI) -> list[str]:
    """Routes that ask for a transaction before their permission has said of whom: there must be none."""
    return [
        f"{sorted(route.methods or ())} {route.path}"
        for route in routes_of(app)
        if _begins_too_early(getattr(route, "dependant", None))
    ]


def _begins_too_early(dependant: Dependant | None) -> bool:
    tenant_is_known = False
    for needed in dependant.dependencies if dependant is not None else ():
        if isinstance(needed.call, Permission):
            tenant_is_known = tenant_is_known or not isinstance(needed.call, _Anyone)
        elif needed.call in (transaction, unit_of_work):
            if not tenant_is_known:
                return True
        elif _permission_in(needed) is not None:
            tenant_is_known = True
    return False
