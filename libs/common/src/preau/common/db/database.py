"""The database of a service: one engine, and transactions that know their tenant.

A transaction begins and commits at the edge (a request, a message, a chunk). Its tenant is set for it alone,
so that a pooled connection carries nothing over to the next one; row-level security reads it. Work that is
not one commune's runs on connections of another role: no setting lets the application see more.

SQLAlchemy would send BEGIN and the tenant as two messages of their own: its engines commit nothing by
themselves here (AUTOCOMMIT), and two functions below begin and end them on the driver, for sessions and for
hot statements alike.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import PoolProxiedConnection, QueuePool, event, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from preau.common.db.driver import DriverTransaction
from preau.common.db.failures import database_is_away

OUTBOX_WRITTEN = "outbox_written"
"""Mark in ``session.info``: the transaction leaves events in the outbox."""

C = TypeVar("C")
_DATABASE = "database"
_DRIVER = "driver"
_TENANT = (
    "SELECT set_config('preau.commune_id', '{commune}', true),"
    " set_config('preau.account_id', '{account}', true)"
)
"""Ids of communes and accounts are UUIDs: nothing else may be put in here."""


def async_url(url: str) -> str:
    """``postgresql://…`` for the driver that SQLAlchemy uses here."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


class Database:
    """Transactions on the database of one service.

    ``statement_seconds`` and ``lock_seconds`` bound every statement: waiting forever helps nobody.
    """

    def __init__(
        self,
        url: str,
        *,
        system_url: str = "",
        pool_size: int = 10,
        system_pool_size: int = 10,
        statement_seconds: float = 5,
        lock_seconds: float = 2,
        application_name: str = "preau",
    ) -> None:
        self.url = url
        self.system_url = system_url
        self._after_commit: list[Callable[[], None]] = []
        settings = {
            "application_name": application_name,
            "statement_timeout": f"{statement_seconds:.3f}s",
            "lock_timeout": f"{lock_seconds:.3f}s",
            "timezone": "UTC",
        }
        self.engine = _engine(url, pool_size, settings)
        self._system_engine = _engine(system_url, system_pool_size, settings) if system_url else None

    def after_outbox_commit(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` after each commit that left events in the outbox."""
        self._after_commit.append(wake)

    @property
    def system_engine(self) -> AsyncEngine:
        """Connections of the system's role. Raises ``RuntimeError`` when this process was given none."""
        if self._system_engine is None:
            raise RuntimeError("this process has no connection for work over all communes")
        return self._system_engine

    @asynccontextmanager
    async def _begin(
        self,
        engine: AsyncEngine,
        *,
        commune: UUID | None = None,
        account: UUID | None = None,
        first: str = "",
    ) -> AsyncGenerator[AsyncSession]:
        connection, pooled, began = await _take(_connected, engine, _beginning(commune, account, first))
        try:
            async with self._ended(pooled, began) as transaction:
                session = AsyncSession(connection, expire_on_commit=False)
                session.info.update({_DATABASE: self, _DRIVER: transaction})
                async with session, session.begin() as begun:
                    yield session
                    if not begun.is_active:
                        raise RuntimeError("only the edge ends a transaction")
                transaction.wrote_outbox = session.info.get(OUTBOX_WRITTEN, False)
        finally:
            await connection.close()

    @asynccontextmanager
    async def driver_transaction(
        self, commune_id: UUID | None = None, account_id: UUID | None = None
    ) -> AsyncGenerator[DriverTransaction]:
        """A transaction that sees one commune, or what belongs to one account over its communes.

        It is one of the bare driver, for statements that are hot.
        """
        _, pooled, began = await _take(_checked_out, self.engine, _beginning(commune_id, account_id))
        try:
            async with self._ended(pooled, began) as transaction:
                yield transaction
        finally:
            pooled.close()

    @asynccontextmanager
    async def _ended(self, pooled: PoolProxiedConnection, began: str) -> AsyncGenerator[DriverTransaction]:
        """Commit what has begun, or roll it back. A connection left in a transaction is thrown away."""
        connection: Any = pooled.driver_connection
        transaction = DriverTransaction(connection, began)
        try:
            try:
                yield transaction
            except BaseException as error:
                try:
                    await connection.execute("ROLLBACK")
                except Exception as failure:
                    error.add_note(f"and not rolled back: {failure!r}")
                raise
            if await connection.execute("COMMIT") != "COMMIT":
                raise RuntimeError("a statement had failed and nobody said so: nothing was written")
        except BaseException:
            if pooled.is_valid and (connection.is_closed() or connection.is_in_transaction()):
                pooled.invalidate()
            raise
        if transaction.wrote_outbox:
            for wake in self._after_commit:
                wake()

    def transaction(self, commune_id: UUID, *, first: str = "") -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that sees one commune. ``first`` is a statement without parameters that goes along
        with its beginning; ``hot(session).began`` is the server's word on it (``INSERT 0 1``)."""
        return self._begin(self.engine, commune=commune_id, first=first)

    def account_transaction(self, account_id: UUID) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that sees what belongs to one account, over its communes."""
        return self._begin(self.engine, account=account_id)

    def system_transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that sees every commune: for sweepers and sign-in, never for other requests."""
        return self._begin(self.system_engine)

    async def close(self) -> None:
        await self.engine.dispose()
        if self._system_engine is not None:
            await self._system_engine.dispose()


_PLANNING = {"jit": "off"}
"""Our statements take milliseconds: to compile one costs a third of a second."""


def _engine(url: str, pool_size: int, settings: dict[str, str]) -> AsyncEngine:
    engine = create_async_engine(
        async_url(url),
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        hide_parameters=True,  # errors would quote them: names, addresses
        connect_args={"timeout": 5, "server_settings": {**settings, **_PLANNING}},
    )
    event.listen(engine.sync_engine, "checkout", _look_whether_closed)
    return engine


async def _connected(engine: AsyncEngine) -> tuple[AsyncConnection, PoolProxiedConnection]:
    connection = await engine.connect()
    return connection, await connection.get_raw_connection()


async def _checked_out(engine: AsyncEngine) -> tuple[None, PoolProxiedConnection]:
    return None, await engine.raw_connection()


async def _take(
    way: Callable[[AsyncEngine], Awaitable[tuple[C, PoolProxiedConnection]]],
    engine: AsyncEngine,
    beginning: str,
) -> tuple[C, PoolProxiedConnection, str]:
    """A connection on which a transaction has begun, and the server's word on its beginning.

    Between the server's farewell and our reading of it a pooled connection looks alive. Nothing is lost with
    it, as nothing had begun: the next one is taken, until a new one is. Raises what a new one raises.
    """
    pool_size = cast(QueuePool, engine.pool).size()
    for others in range(pool_size, -1, -1):
        connection, pooled = await way(engine)
        try:
            return connection, pooled, await cast(Any, pooled.driver_connection).execute(beginning)
        except BaseException as error:
            pooled.invalidate()
            pooled.close()
            if not others or not database_is_away(error):
                raise
    raise AssertionError("the last one raises")


def _look_whether_closed(connection: Any, *_: Any) -> None:
    """A server that went away closed them all: none is used again, and nobody pays for it by an error."""
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


def _beginning(commune: UUID | None, account: UUID | None, first: str = "") -> str:
    """Begin, with the tenant, in one message."""
    return "; ".join(["BEGIN", *([_tenant(commune, account)] if commune or account else []), first])


def _tenant(commune: UUID | None, account: UUID | None) -> str:
    return _TENANT.format(commune=commune or "", account=account or "")


def hot(session: AsyncSession) -> DriverTransaction:
    """The session's own transaction on the bare driver, for statements that are hot.

    They see what the session has written, not what it still holds: flush it first where that matters.
    """
    return session.info[_DRIVER]


def database_of(session: AsyncSession) -> "Database":
    """Where the session's transaction runs, for a short one beside it."""
    return session.info[_DATABASE]


async def set_tenant(session: AsyncSession, commune: UUID) -> None:
    """Set whom the rest of the present transaction sees; what was changed so far is written as the former."""
    await session.flush()
    await hot(session).execute(_tenant(commune, None))
