"""SQL of what children are to prices, by period."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.database import hot
from preau.common.db.driver import Statement

_IS_CURRENT = Statement(
    "SELECT 1 FROM family_copy WHERE family_id = CAST(:family_id AS uuid)"
    " AND version = CAST(:version AS integer)"
)
_FORGET = Statement("DELETE FROM child_period WHERE family_id = CAST(:family_id AS uuid)")
_ADD = Statement(
    "INSERT INTO child_period (family_id, child_id, valid_from, valid_to, commune_id, name, residency,"
    " category, counts, rank, children, quotients) VALUES (:family_id, :child_id, :valid_from, :valid_to,"
    " :commune_id, :name, :residency, :category, :counts, :rank, :children, :quotients)"
)


async def is_current(session: AsyncSession, family_id: UUID, version: int) -> bool:
    """Whether the family's copy is of that version; whoever wrote it holds it to the transaction's end."""
    return bool(await hot(session).rows(_IS_CURRENT, {"family_id": family_id, "version": version}))


async def replace(session: AsyncSession, family_id: UUID, periods: Sequence[dict[str, Any]]) -> None:
    """The periods of the family's children, in the place of those that stood."""
    await hot(session).rows(_FORGET, {"family_id": family_id})
    await hot(session).each(_ADD, [period | {"family_id": family_id} for period in periods])
