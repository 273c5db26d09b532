"""The audit log: every change that an agent makes, with what was before and after."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.context import correlation_id
from preau.common.ids import new_id

_RECORD = text(
    "INSERT INTO audit_log (id, commune_id, agent_id, action, entity_id, before, after, correlation_id)"
    " VALUES (:id, :commune, :agent, :action, :entity,"
    " CAST(:before AS jsonb), CAST(:after AS jsonb), :correlation)"
)

_LATEST = text(
    "SELECT agent_id, action, recorded_at FROM audit_log WHERE commune_id = :commune AND entity_id = :entity"
    " ORDER BY recorded_at DESC LIMIT :limit"
)


async def latest_changes(
    session: AsyncSession, commune_id: UUID, entity_id: UUID, limit: int
) -> Sequence[RowMapping]:
    """Who changed a record and when, the last one first."""
    rows = await session.execute(_LATEST, {"commune": commune_id, "entity": entity_id, "limit": limit})
    return rows.mappings().all()


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
