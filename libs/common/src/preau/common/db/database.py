"""The database of a service: one engine, and transactions that know their tenant.

A transaction begins and commits at the edge (a request, a message, a chunk). Its tenant is set by
``SET LOCAL``, so that a pooled connection carries nothing over to the next one; row-level security reads it.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

OUTBOX_WRITTEN = "outbox_written"
"""Mark in ``session.info``: the transaction leaves events in the outbox."""

_SET_TENANT = text(
    "SELECT set_config('preau.commune_id', :commune, true), set_config('preau.account_id', :account, true),"
    " set_config('preau.system', :system, true)"
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
        pool_size: int = 10,
        statement_timeout_ms: int = 5_000,
        lock_timeout_ms: int = 2_000,
        application_name: str = "preau",
    ) -> None:
        self.url = url
        self._after_commit: list[Callable[[], None]] = []
        self.engine: AsyncEngine = create_async_engine(
            async_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=5,
            hide_parameters=True,  # errors would quote them: names, addresses
            connect_args={
                "timeout": 5,
                "server_settings": {
                    "application_name": application_name,
                    "statement_timeout": str(statement_timeout_ms),
                    "lock_timeout": str(lock_timeout_ms),
                    "timezone": "UTC",
                },
            },
        )

    def after_outbox_commit(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` after each commit that left events in the outbox."""
        self._after_commit.append(wake)

    @asynccontextmanager
    async def _begin(
        self, *, commune: UUID | None = None, account: UUID | None = None, system: bool = False
    ) -> AsyncGenerator[AsyncSession]:
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            async with session.begin():
                await set_tenant(session, commune=commune, account=account, system=system)
                yield session
            if session.info.get(OUTBOX_WRITTEN):
                for wake in self._after_commit:
                    wake()

    def transaction(self, commune_id: UUID) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that sees one commune."""
        return self._begin(commune=commune_id)

    def account_transaction(self, account_id: UUID) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that sees what belongs to one account, over its communes."""
        return self._begin(account=account_id)

    def system_transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that sees every commune: for sweepers and sign-in, never for other requests."""
        return self._begin(system=True)

    async def close(self) -> None:
        await self.engine.dispose()


async def set_tenant(
    session: AsyncSession, *, commune: UUID | None = None, account: UUID | None = None, system: bool = False
) -> None:
    """Set whom the rest of the present transaction sees."""
    await session.execute(
        _SET_TENANT,
        {
            "commune": str(commune or ""),
            "account": str(account or ""),
            "system": "on" if system else "",
        },
    )
