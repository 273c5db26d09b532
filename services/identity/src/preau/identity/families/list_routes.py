"""The lists of the commune's own, for its administrators. Every change is in the audit log."""

from fastapi import APIRouter

from preau.common.audit import record_change
from preau.common.http.permissions import AdminAgent
from preau.common.http.seen_version import SeenVersion
from preau.common.http.unit_of_work import Transaction
from preau.identity.communes.repository import commune_by_id
from preau.identity.communes.schemas import AgentCommuneOut
from preau.identity.families.lists import change_lists
from preau.identity.families.schemas import ListsIn

router = APIRouter(tags=["communes"])


@router.put("/agent/commune/lists")
async def write_lists(
    agent: AdminAgent, session: Transaction, body: ListsIn, seen: SeenVersion
) -> AgentCommuneOut:
    """Change the classes of residency and the categories of children; what families have stays."""
    before = AgentCommuneOut.model_validate(await commune_by_id(session, agent.commune_id))
    rows = body.model_dump()
    commune = await change_lists(
        session, agent.commune_id, rows["residency_classes"], rows["child_categories"], seen=seen
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
