"""Copies of another service's data: kept by its events, an older version than ours is ignored."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper


async def keep_copy(session: AsyncSession, copy: type[Any], values: Mapping[str, Any]) -> bool:
    """Insert or replace one row of a ``*_copy`` table; whether it was newer than what we had.

    ``values`` hold the primary key and ``version``, the publisher's version of its aggregate. What else the
    publisher has is not touched.
    """
    mapper: Mapper[Any] = inspect(copy)
    key = [str(column.key) for column in mapper.primary_key]
    statement = insert(copy).values(**values)
    kept = await session.execute(
        statement.on_conflict_do_update(
            index_elements=key,
            set_={name: statement.excluded[name] for name in values if name not in key},
            where=copy.version < statement.excluded.version,
        ).returning(copy.version)
    )
    return kept.first() is not None
