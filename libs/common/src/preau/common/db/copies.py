"""Copies of another service's data: kept by its events, an older version than ours is ignored."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import asyncpg, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper

from preau.common.db.database import hot
from preau.common.db.driver import Statement


class _Keeping(NamedTuple):
    """The statement for a table and columns, and what makes the driver's values of those that need it."""

    statement: Statement
    processors: Mapping[str, Callable[[Any], Any]]


@cache
def _keeping(copy: type[Any], names: tuple[str, ...]) -> _Keeping:
    mapper: Mapper[Any] = inspect(copy)
    key = [str(column.key) for column in mapper.primary_key]
    statement = insert(copy).values({name: bindparam(name) for name in names})
    statement = statement.on_conflict_do_update(
        index_elements=key,
        set_={name: statement.excluded[name] for name in names if name not in key},
        where=copy.version < statement.excluded.version,
    ).returning(copy.version)
    driver = asyncpg.dialect()
    processors = {
        name: process
        for name in names
        if (process := mapper.columns[name].type.dialect_impl(driver).bind_processor(driver)) is not None
    }
    return _Keeping(
        Statement(str(statement.compile(dialect=postgresql.dialect(paramstyle="named")))), processors
    )


def _ready(copy: type[Any], values: Mapping[str, Any]) -> tuple[Statement, dict[str, Any]]:
    statement, processors = _keeping(copy, tuple(values))
    return statement, {
        name: processors[name](value) if name in processors else value for name, value in values.items()
    }


async def keep_copy(session: AsyncSession, copy: type[Any], values: Mapping[str, Any]) -> bool:
    """Insert or replace one row of a ``*_copy`` table; whether it was newer than what we had.

    ``values`` hold the primary key and ``version``, the publisher's version of its aggregate. What else the
    publisher has is not touched.
    """
    return bool(await hot(session).rows(*_ready(copy, values)))


class CopyKeeper:
    """Handles the event that a copy is kept by: ``values`` are those of ``keep_copy``, read from the event.

    Nothing follows from a copy here, so that many of them travel together.
    """

    def __init__(self, copy: type[Any], values: Callable[[Any], Mapping[str, Any]]) -> None:
        self._copy = copy
        self._values = values

    async def __call__(self, session: AsyncSession, event: Any) -> None:
        await keep_copy(session, self._copy, self._values(event))

    async def together(self, session: AsyncSession, events: Sequence[Any]) -> None:
        """The same for many of one commune, the earlier first."""
        ready = [_ready(self._copy, self._values(event)) for event in events]
        await hot(session).each(ready[0][0], [values for _, values in ready])
