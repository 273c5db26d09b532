"""The database of a service: one engine, and transactions that know their tenant.

A transaction begins and commits at the edge (a request, a message, a chunk). Its tenant is set by
``SET LOCAL``, so that a pooled connection carries nothing over to the next one; row-level security reads it.
Work that is not one commune's runs on connections of another role: no setting lets the application see more.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

OUTBOX_WRITTEN = "outbox_written"
"""Mark in ``session.info``: the transaction leaves events in the outbox."""

_SET_TENANT = text(
    "SELECT set_config('preau.commune_id', :commune, true), set_config('preau.account_id', :account, true)"
)


def async_url(url: str) -> str:
    """``postgresql://…`` for the driver that SQLAlchemy uses here."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


class Database:
    """Transactions on the database of one service.

    ``statement_timeout_ms`` and ``lock_timeout_ms`` bound every statement: waiting forever helps nobody.
    """

    def __init__(
        self,
        url: str,
        *,
        system_url: str = "",
        pool_size: int = 10,
        system_pool_size: int = 10,
        statement_timeout_ms: int = 5_000,
        lock_timeout_ms: int = 2_000,
        application_name: str = "preau",
    ) -> None:
        self.url = url
        self.system_url = system_url
        self._after_commit: list[Callable[[], None]] = []
        settings = {
            "application_name": application_name,
            "statement_timeout": str(statement_timeout_ms),
            "lock_timeout": str(lock_timeout_ms),
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
        self, engine: AsyncEngine, *, commune: UUID | None = None, account: UUID | None = None
    ) -> AsyncGenerator[AsyncSession]:
        async with AsyncSession(engine, expire_on_commit=False) as session:
            async with session.begin():
                if commune or account:
                    await set_tenant(session, commune=commune, account=account)
                yield session
            if session.info.get(OUTBOX_WRITTEN):
                for wake in self._after_commit:
                    wake()

    def transaction(self, commune_id: UUID) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that sees one commune."""
        return self._begin(self.engine, commune=commune_id)

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


def _engine(url: str, pool_size: int, settings: dict[str, str]) -> AsyncEngine:
    return create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        hide_parameters=True,  # errors would quote them: names, addresses
        connect_args={"timeout": 5, "server_settings": settings},
    )


async def set_tenant(
    session: AsyncSession, *, commune: UUID | None = None, account: UUID | None = None
) -> None:
    """Set whom the rest of the present transaction sees."""
    await session.execute(_SET_TENANT, {"commune": str(commune or ""), "account": str(account or "")})
