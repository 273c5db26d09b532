"""The bare driver: for what needs its own connection, and for statements that are hot.

asyncpg brings no types: ``Any`` from here on.
"""

import re
from collections.abc import Sequence
from typing import Any, cast

import asyncpg

Connection = Any
"""A connection of asyncpg."""
Record = Any
"""A row: columns by name or position."""

_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)\b")


async def connect(url: str, **options: Any) -> Connection:
    """Open one connection outside every pool; the caller closes it."""
    return await cast(Any, asyncpg).connect(url, **options)


class Statement:
    """A statement of fixed shape with ``:named`` parameters, as SQLAlchemy's ``text`` writes them.

    The driver prepares it once a connection; the ORM's layers, which cost more than the statement, stay out.
    """

    def __init__(self, sql: str) -> None:
        names = list(dict.fromkeys(_PARAMETER.findall(sql)))
        self.names: Sequence[str] = names
        self.sql = _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", sql)


class DriverTransaction:
    """A transaction of one tenant on the driver itself, begun and committed at the edge.

    ``began`` is the server's word on the last statement that went along with its beginning.
    """

    def __init__(self, connection: Connection, began: str) -> None:
        self._connection = connection
        self.wrote_outbox = False
        self.began = began

    async def rows(self, statement: Statement, values: dict[str, Any]) -> list[Record]:
        """The rows that the statement answers. Raises the driver's errors and ``KeyError``."""
        return await self._connection.fetch(statement.sql, *[values[name] for name in statement.names])

    async def each(self, statement: Statement, values: Sequence[dict[str, Any]]) -> None:
        """Run the statement for each of ``values``, in their order, in one journey to the server."""
        await self._connection.executemany(
            statement.sql, [[row[name] for name in statement.names] for row in values]
        )

    async def execute(self, script: str) -> None:
        """Run one or several statements without parameters, in one message."""
        await self._connection.execute(script)
