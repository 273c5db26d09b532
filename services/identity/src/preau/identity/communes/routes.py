"""The communes for everybody, and one's own for its agents."""

from fastapi import APIRouter

from preau.common.audit import record_change
from preau.common.http.permissions import AdminAgent, AnyAgent, Anyone
from preau.common.http.seen_version import SeenVersion
from preau.common.http.unit_of_work import Databases, Transaction
from preau.identity.communes import repository, service
from preau.identity.communes.schemas import AgentCommuneOut, CommuneOut, CommunePatch, CommunesOut

router = APIRouter(tags=["communes"])


@router.get("/public/communes")
async def list_communes(_anyone: Anyone, database: Databases) -> CommunesOut:
    """Every commune, by name."""
    async with database.system_transaction() as session:
        communes = await repository.all_communes(session)
    return CommunesOut(items=[CommuneOut.model_validate(commune) for commune in communes])


@router.get("/agent/commune")
async def read_commune(agent: AnyAgent, session: Transaction) -> AgentCommuneOut:
    """The agent's commune."""
    return AgentCommuneOut.model_validate(await repository.commune_by_id(session, agent.commune_id))


@router.patch("/agent/commune")
async def change_commune(
    agent: AdminAgent, session: Transaction, body: CommunePatch, seen: SeenVersion
) -> AgentCommuneOut:
    """Change the commune's facts."""
    before = AgentCommuneOut.model_validate(await repository.commune_by_id(session, agent.commune_id))
    commune = await service.change(
        session, agent.commune_id, body.model_dump(exclude_unset=True, exclude_none=True), seen=seen
    )
    after = AgentCommuneOut.model_validate(commune)
    if after != before:
        await record_change(
            session,
            commune_id=agent.commune_id,
            agent_id=agent.agent_id,
            action="commune.changed",
            entity_id=agent.commune_id,
            before=before,
            after=after,
        )
    return after
