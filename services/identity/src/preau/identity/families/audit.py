"""Changes of a record, in the audit log."""

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.audit import record_change
from preau.common.http.permissions import AgentCaller
from preau.identity.families.domain import FamilyRecord, others_to_tell
from preau.identity.families.schemas import FamilyOut


async def audited(
    session: AsyncSession, agent: AgentCaller, action: str, before: FamilyRecord | None, after: FamilyRecord
) -> FamilyOut:
    """The answer to an agent who changed a record, once the audit log has it.

    A change of a child that other families are told of is in their journal too.
    """
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=after.family_id,
        before=before,
        after=after,
    )
    for other in others_to_tell(before, after) if before else ():
        await record_change(
            session,
            commune_id=agent.commune_id,
            agent_id=agent.agent_id,
            action="family.shared_child_changed",
            entity_id=other,
            after={"family_id": after.family_id, "by": action},
        )
    return FamilyOut.model_validate(after)
