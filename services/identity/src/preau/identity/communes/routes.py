"""The communes for everybody, and one's own for its agents."""

from typing import Annotated

from fastapi import APIRouter

from preau.common.audit import record_change
from preau.common.http.access import AgentAccess, AgentMay, AnyoneMay
from preau.identity.communes import repository, service
from preau.identity.communes.schemas import AgentCommuneOut, CommuneOut, CommunePatch, CommunesOut

router = APIRouter(tags=["communes"])


@router.get("/public/communes")
async def list_communes(anyone: AnyoneMay) -> CommunesOut:
    """Every commune, by name."""
    async with anyone.database.system_transaction() as session:
        communes = await repository.all_communes(session)
    return CommunesOut(items=[CommuneOut.model_validate(commune) for commune in communes])


@router.get("/agent/commune")
async def read_commune(agent: Annotated[AgentAccess, AgentMay()]) -> AgentCommuneOut:
    """The agent's commune."""
    return AgentCommuneOut.model_validate(await repository.commune_by_id(agent.session, agent.commune_id))


@router.patch("/agent/commune")
async def change_commune(
    agent: Annotated[AgentAccess, AgentMay("admin")], body: CommunePatch
) -> AgentCommuneOut:
    """Change the commune's facts."""
    before = AgentCommuneOut.model_validate(await repository.commune_by_id(agent.session, agent.commune_id))
    commune = await service.change(
        agent.session, agent.commune_id, body.model_dump(exclude_unset=True, exclude_none=True)
    )
    after = AgentCommuneOut.model_validate(commune)
    if after != before:
        await record_change(
            agent.session,
            commune_id=agent.commune_id,
            agent_id=agent.agent_id,
            action="commune.changed",
            entity_id=agent.commune_id,
            before=before,
            after=after,
        )
    return after
