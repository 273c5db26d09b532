"""Agents configure the régies."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from preau.billing.regies import repository
from preau.billing.regies.schemas import RegieIn, RegieOut, RegiePatch
from preau.common.audit import record_change
from preau.common.errors import Conflict, NotFound
from preau.common.http.access import AgentAccess, AgentMay
from preau.common.http.pages import Page
from preau.common.ids import new_id

router = APIRouter(prefix="/agent/regies", tags=["régies"])

AnyAgent = Annotated[AgentAccess, AgentMay()]
BillingAgent = Annotated[AgentAccess, AgentMay("billing")]


class RegieExists(Conflict):
    type, title = "regie-exists", "Régie déjà créée"


@router.get("")
async def list_regies(agent: AnyAgent) -> Page[RegieOut]:
    found = await repository.regies(agent.session)
    return Page(items=[RegieOut.model_validate(regie) for regie in found])


@router.post("", status_code=201)
async def add_regie(agent: BillingAgent, body: RegieIn) -> RegieOut:
    values = body.model_dump() | {"regie_id": new_id(), "commune_id": agent.commune_id}
    regie = await repository.add(agent.session, values)
    if regie is None:
        raise RegieExists("Une régie porte déjà ce code ou ce préfixe.")
    added = RegieOut.model_validate(regie)
    await record_change(
        agent.session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="regie.added",
        entity_id=regie.regie_id,
        after=added,
    )
    return added


@router.patch("/{regie_id}")
async def change_regie(agent: BillingAgent, regie_id: UUID, body: RegiePatch) -> RegieOut:
    regie = await repository.regie(agent.session, regie_id)
    if regie is None:
        raise NotFound("Cette régie n’existe pas.")
    before = RegieOut.model_validate(regie)
    values = body.model_dump(exclude_none=True)
    if not values:
        return before
    after = RegieOut.model_validate(await repository.change(agent.session, regie_id, values))
    await record_change(
        agent.session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="regie.changed",
        entity_id=regie_id,
        before=before,
        after=after,
    )
    return after
