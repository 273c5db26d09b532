"""Holding locks, and seeing on the server that somebody waits: the moment at which a race is decided."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import make_url

from preau.common.db.database import Database
from preau.common.db.driver import Connection, connect
from preau.testing.infrastructure import postgres_admin_url
from preau.testing.waiting import eventually

_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'"


class LockWaits:
    """Looks at the locks that connections to one database wait for."""

    def __init__(self, admin: Connection, name: str) -> None:
        self._admin = admin
        self._name = name

    async def until(self, waiting: int = 1) -> None:
        """Return once so many connections wait for a lock."""

        async def wait() -> bool:
            return await self._admin.fetchval(_WAITING, self._name) >= waiting

        await eventually(wait, f"{waiting} waiting for a lock", within_seconds=120, pause_seconds=0.02)


@asynccontextmanager
async def lock_waits(database: Database) -> AsyncGenerator[LockWaits]:
    """Watch ``database``, over a connection of a superuser: others do not see what a role waits for."""
    admin = await connect(postgres_admin_url())
    try:
        yield LockWaits(admin, make_url(database.url).database or "")
    finally:
        await admin.close()


@asynccontextmanager
async def locked_table(database: Database, table: str) -> AsyncGenerator[None]:
    """Nobody else reads or writes ``table`` meanwhile."""
    name = make_url(database.url).database
    own = make_url(postgres_admin_url()).set(database=name).render_as_string(hide_password=False)
    admin = await connect(own)
    try:
        async with admin.transaction():
            await admin.execute(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
            yield
    finally:
        await admin.close()
