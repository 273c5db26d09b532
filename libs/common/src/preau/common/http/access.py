"""Who may call a route: each route declares it, and a route that declares nothing fails a test.

A permission also opens the transaction of the request: with the tenant of whom it lets in, committed before
the answer leaves, rolled back when the route raises.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.auth.subjects import Agent, Membership, Parent
from preau.common.auth.tokens import TokenVerifier
from preau.common.db.database import Database
from preau.common.errors import Forbidden, NotFound, Unauthenticated
from preau.common.http.client_address import client_address
from preau.common.http.permissions import Permission


@dataclass(frozen=True, slots=True)
class FamilyAccess:
    """A parent who acts for the family in the path, and the transaction in its commune."""

    account_id: UUID
    session_id: UUID
    family_id: UUID
    guardian_id: UUID
    commune_id: UUID
    session: AsyncSession
    database: Database


@dataclass(frozen=True, slots=True)
class AccountAccess:
    """A signed-in account, and a transaction that sees what is its own."""

    account_id: UUID
    session_id: UUID
    memberships: tuple[Membership, ...]
    session: AsyncSession
    database: Database


@dataclass(frozen=True, slots=True)
class AgentAccess:
    """An agent with one of the route's roles, and the transaction in the agent's commune."""

    agent_id: UUID
    session_id: UUID
    commune_id: UUID
    roles: frozenset[str]
    name: str
    session: AsyncSession
    database: Database


@dataclass(frozen=True, slots=True)
class AnyoneAccess:
    """Nobody in particular: the route opens the transaction that it needs."""

    database: Database
    client_address: str


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

    async def __call__(self, request: Request, family_id: UUID) -> AsyncIterator[FamilyAccess]:
        parent = await _parent(request)
        membership = parent.membership(family_id)
        if membership is None:
            raise NotFound("Cette famille n’existe pas.")
        database: Database = request.app.state.database
        async with database.transaction(membership.commune_id) as session:
            yield FamilyAccess(
                parent.account_id,
                parent.session_id,
                family_id,
                membership.guardian_id,
                membership.commune_id,
                session,
                database,
            )


class AccountMay(Permission):
    """Any signed-in parent."""

    async def __call__(self, request: Request) -> AsyncIterator[AccountAccess]:
        parent = await _parent(request)
        database: Database = request.app.state.database
        async with database.account_transaction(parent.account_id) as session:
            yield AccountAccess(parent.account_id, parent.session_id, parent.memberships, session, database)


class _AgentPermission(Permission):
    def __init__(self, roles: frozenset[str]) -> None:
        self.roles = roles

    async def __call__(self, request: Request) -> AsyncIterator[AgentAccess]:
        agent = await _agent(request)
        if self.roles and not agent.may(self.roles):
            raise Forbidden("Votre rôle ne permet pas cette action.")
        database: Database = request.app.state.database
        async with database.transaction(agent.commune_id) as session:
            yield AgentAccess(
                agent.agent_id,
                agent.session_id,
                agent.commune_id,
                agent.roles,
                agent.name,
                session,
                database,
            )


class _Anyone(Permission):
    async def __call__(self, request: Request) -> AnyoneAccess:
        return AnyoneAccess(request.app.state.database, client_address(request))


Family = Annotated[FamilyAccess, Depends(FamilyMay(), scope="function")]
Account = Annotated[AccountAccess, Depends(AccountMay(), scope="function")]
AnyoneMay = Annotated[AnyoneAccess, Depends(_Anyone())]


def AgentMay(*roles: str) -> Any:
    """Agents with one of ``roles``; ``admin`` always: ``Annotated[AgentAccess, AgentMay("billing")]``.

    Without roles: any agent of the commune.
    """
    return Depends(_AgentPermission(frozenset(roles)), scope="function")
