"""Facts that were entered beforehand: the record is published with them on the day they begin."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.db.database import Database
from preau.identity.families import history_repository, repository, service

_SWEEP = 50


async def publish_due(database: Database) -> bool:
    """The sweeper: families whose facts change today in their commune; ``True`` while there may be more."""
    async with database.system_transaction() as session:
        waiting = await history_repository.due(session, await database_now(session), limit=_SWEEP)
    for commune_id, family_id in waiting:
        async with database.transaction(commune_id) as session:
            await _publish_if_due(session, family_id)
    return len(waiting) == _SWEEP


async def _publish_if_due(session: AsyncSession, family_id: UUID) -> None:
    """Publish unless another process, or a change of an agent, has done so meanwhile."""
    await repository.lock_family(session, family_id)
    now = await database_now(session)
    if await history_repository.due(session, now, family_id=family_id, limit=1):
        await service.publish(session, family_id)
