"""Who am I, and the commune's agents, whom its administrators look after."""

from uuid import UUID

from fastapi import APIRouter

from preau.common.audit import record_change
from preau.common.db.clock import database_now
from preau.common.errors import Conflict, FieldErrors
from preau.common.http.permissions import AdminAgent, AnyAgent
from preau.common.http.unit_of_work import Transaction, Work
from preau.common.ids import new_id
from preau.identity.agents import repository
from preau.identity.agents.schemas import (
    AgentIn,
    AgentOut,
    AgentPatch,
    AgentsOut,
    ColleagueOut,
    ColleaguesOut,
    MeOut,
)
from preau.identity.communes.repository import commune_by_id
from preau.identity.communes.schemas import AgentCommuneOut
from preau.identity.credentials import bulkheads
from preau.identity.credentials.domain import password_weakness
from preau.identity.credentials.passwords import hash_password
from preau.identity.sessions.repository import revoke_all

router = APIRouter(prefix="/agent", tags=["agents"])


class OwnAccess(Conflict):
    """Administrators do not lock themselves out."""

    type, title = "own-access", "Votre propre accès"


@router.get("/me")
async def read_me(caller: AnyAgent, session: Transaction) -> MeOut:
    """The agent who asks, with the commune."""
    agent = await repository.agent_by_id(session, caller.agent_id)
    commune = await commune_by_id(session, caller.commune_id)
    return MeOut(
        **AgentOut.model_validate(agent).model_dump(), commune=AgentCommuneOut.model_validate(commune)
    )


@router.get("/colleagues")
async def list_colleagues(_agent: AnyAgent, session: Transaction) -> ColleaguesOut:
    """The names of the commune's agents, for whoever reads what they did."""
    agents = await repository.all_agents(session)
    return ColleaguesOut(items=[ColleagueOut.model_validate(agent) for agent in agents])


@router.get("/agents")
async def list_agents(_admin: AdminAgent, session: Transaction) -> AgentsOut:
    """The commune's agents."""
    agents = await repository.all_agents(session)
    return AgentsOut(items=[AgentOut.model_validate(agent) for agent in agents])


@router.post("/agents", status_code=201)
async def add_agent(admin: AdminAgent, work: Work, body: AgentIn) -> AgentOut:
    """Add an agent."""
    if weakness := password_weakness(body.password, body.email):
        raise FieldErrors({"password": weakness})
    password_hash = await hash_password(body.password, bulkheads.NEW_PASSWORD)
    async with work.begin() as session:
        agent = await repository.add_agent(
            session,
            {
                "agent_id": new_id(),
                "commune_id": admin.commune_id,
                "email": body.email,
                "name": body.name,
                "roles": sorted(set(body.roles)),
                "password_hash": password_hash,
                "status": "active",
            },
        )
        if agent is None:
            raise FieldErrors({"email": "Un agent de la commune a déjà cette adresse."})
        answer = AgentOut.model_validate(agent)
        await record_change(
            session,
            commune_id=admin.commune_id,
            agent_id=admin.agent_id,
            action="agent.added",
            entity_id=agent.agent_id,
            after=answer,
        )
    return answer


@router.patch("/agents/{agent_id}")
async def change_agent(admin: AdminAgent, session: Transaction, agent_id: UUID, body: AgentPatch) -> AgentOut:
    """Change an agent; new roles or a closed access end the sessions that hold the old ones."""
    before = AgentOut.model_validate(await repository.agent_by_id(session, agent_id))
    changes = body.model_dump(exclude_unset=True, exclude_none=True)
    if agent_id == admin.agent_id and changes.keys() & {"roles", "status"}:
        raise OwnAccess("Vous ne pouvez pas changer vos propres droits.")
    if not changes:
        return before
    after = before.model_copy(update=changes)
    await repository.change_agent(session, agent_id, changes)
    if (after.roles, after.status) != (before.roles, before.status):
        now = await database_now(session)
        await revoke_all(session, agent_id, because="rights changed", now=now)
    await record_change(
        session,
        commune_id=admin.commune_id,
        agent_id=admin.agent_id,
        action="agent.changed",
        entity_id=agent_id,
        before=before,
        after=after,
    )
    return after
