"""Changes of a record, in the audit log."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.audit import record_change
from preau.common.http.permissions import AgentCaller
from preau.identity.families.domain import FamilyRecord
from preau.identity.families.schemas import FamilyOut


async def audited(
    session: AsyncSession, agent: AgentCaller, action: str, before: FamilyRecord | None, after: FamilyRecord
) -> FamilyOut:
    """The answer to an agent who changed a record, once the audit log has it."""
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=after.family_id,
        before=before,
        after=after,
    )
    return FamilyOut.model_validate(after)
