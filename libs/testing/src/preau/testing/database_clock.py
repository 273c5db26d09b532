"""The clock of one test's database, moved by the test: what waited past a deadline is told without waiting.

PostgreSQL finds a function by its search path; here a schema before its own has a ``clock_timestamp()``.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import make_url

from preau.common.db.database import Database
from preau.common.db.driver import Connection, connect
from preau.testing.infrastructure import postgres_admin_url

_CLOCK = """
CREATE SCHEMA moved;
CREATE TABLE moved.clock (ahead interval NOT NULL);
INSERT INTO moved.clock VALUES ('0');
CREATE FUNCTION moved.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN pg_catalog.clock_timestamp() + (SELECT ahead FROM moved.clock);
END $$;
GRANT USAGE ON SCHEMA moved TO PUBLIC;
GRANT SELECT ON moved.clock TO PUBLIC;
"""


class DatabaseClock:
    """Moves the clock of a database, for statements that begin or go on from now on."""

    def __init__(self, admin: Connection) -> None:
        self._admin = admin

    async def move_to(self, instant: datetime) -> None:
        """Make it ``instant`` (aware) there; the clock runs on from it."""
        await self._admin.execute(
            "UPDATE moved.clock SET ahead = $1::timestamptz - pg_catalog.clock_timestamp()", instant
        )


@asynccontextmanager
async def moved_clock(database: Database) -> AsyncGenerator[DatabaseClock]:
    """Give ``database`` such a clock; its connections are opened anew, so no transaction may be under way."""
    name = make_url(database.url).database
    own = make_url(postgres_admin_url()).set(database=name).render_as_string(hide_password=False)
    admin = await connect(own)
    try:
        await admin.execute(_CLOCK)
        await admin.execute(f'ALTER DATABASE "{name}" SET search_path = moved, pg_catalog, public')
        await database.close()
        yield DatabaseClock(admin)
    finally:
        await admin.close()
