"""The audit log: every change that an agent makes, with what was before and after."""

from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.context import correlation_id
from preau.common.ids import new_id

_RECORD = text(
    "INSERT INTO audit_log (id, commune_id, agent_id, action, entity_id, before, after, correlation_id)"
    " VALUES (:id, :commune, :agent, :action, :entity,"
    " CAST(:before AS jsonb), CAST(:after AS jsonb), :correlation)"
)


async def record_change(
    session: AsyncSession,
    *,
    commune_id: UUID,
    agent_id: UUID,
    action: str,
    entity_id: UUID,
    before: Any = None,
    after: Any = None,
) -> None:
    """Record who changed what, in its transaction. ``action`` is ``<entity>.<what happened>``."""
    await session.execute(
        _RECORD,
        {
            "id": new_id(),
            "commune": commune_id,
            "agent": agent_id,
            "action": action,
            "entity": entity_id,
            "before": None if before is None else to_json(before).decode(),
            "after": None if after is None else to_json(after).decode(),
            "correlation": correlation_id.get(),
        },
    )
