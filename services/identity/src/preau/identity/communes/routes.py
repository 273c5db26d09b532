"""The communes for everybody, and one's own for its agents."""

import asyncio

from fastapi import APIRouter, Response

from preau.common.audit import record_change
from preau.common.errors import NotFound
from preau.common.http.permissions import AdminAgent, AgentCaller, AnyAgent, Anyone
from preau.common.http.seen_version import SeenVersion
from preau.common.http.unit_of_work import Databases, Transaction
from preau.identity.communes import repository, service
from preau.identity.communes.logos import cleaned
from preau.identity.communes.schemas import AgentCommuneOut, CommuneOut, CommunePatch, CommunesOut, LogoIn

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


@router.get("/agent/commune/logo", response_class=Response, responses={200: {"content": {"image/png": {}}}})
async def read_logo(agent: AnyAgent, session: Transaction) -> Response:
    """The commune's logo, a PNG; 404 without one."""
    logo = await repository.logo_of(session, agent.commune_id)
    if logo is None:
        raise NotFound("La commune n’a pas de logo.")
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache"}
    return Response(logo, media_type="image/png", headers=headers)


@router.put("/agent/commune/logo")
async def set_logo(agent: AdminAgent, session: Transaction, body: LogoIn) -> AgentCommuneOut:
    """Take a picture as the commune's logo; it stands on its invoices and letters."""
    logo = await asyncio.to_thread(cleaned, body.image)
    return await _logo_changed(session, agent, logo, "commune.logo_set")


@router.delete("/agent/commune/logo")
async def remove_logo(agent: AdminAgent, session: Transaction) -> AgentCommuneOut:
    """Go without a logo."""
    return await _logo_changed(session, agent, None, "commune.logo_removed")


async def _logo_changed(
    session: Transaction, agent: AgentCaller, logo: bytes | None, action: str
) -> AgentCommuneOut:
    if logo == await repository.logo_of(session, agent.commune_id):
        return AgentCommuneOut.model_validate(await repository.commune_by_id(session, agent.commune_id))
    commune = await service.change(session, agent.commune_id, {"logo": logo})
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=agent.commune_id,
        after={"octets": len(logo or b"")},
    )
    return AgentCommuneOut.model_validate(commune)


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
