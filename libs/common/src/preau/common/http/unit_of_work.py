"""Transactions of a request, for the tenant that its permission found.

A route that needs one transaction asks for a ``Transaction``: it begins after the permission has let the
caller in, is committed before the answer leaves, and rolled back when the route raises. A use case that needs
two, because it asks an outside service in between, gets the ``Work`` and begins each itself. A public route
has no tenant: it takes the ``Databases`` and says for whom it opens what.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated, NamedTuple, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.database import Database
from preau.common.db.driver import DriverTransaction
from preau.common.errors import Unavailable

Answer = TypeVar("Answer")
MOST_LOOKS = 6
"""How often a use case looks again before we say that too much is going on."""


class Tenant(NamedTuple):
    """Whose rows are seen: one commune's, or one account's over its communes."""

    commune_id: UUID | None = None
    account_id: UUID | None = None


class LookAgain(Exception):
    """What a hot use case looked at is not what it has to write on: everything is rolled back and begun anew.

    ``prepare`` is what the next look needs first, in a transaction of its own.
    """

    def __init__(self, prepare: Callable[[AsyncSession], Awaitable[None]] | None = None) -> None:
        super().__init__()
        self.prepare = prepare


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """Opens transactions of one tenant."""

    database: Database
    tenant: Tenant

    def begin(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that sees the tenant's rows. Raises ``RuntimeError`` where there is no tenant."""
        if self.tenant.commune_id is not None:
            return self.database.transaction(self.tenant.commune_id)
        if self.tenant.account_id is not None:
            return self.database.account_transaction(self.tenant.account_id)
        raise RuntimeError("a transaction of no tenant")

    async def decide(self, use_case: Callable[[DriverTransaction], Awaitable[Answer]]) -> Answer:
        """Let a hot use case look, decide and write in one transaction; from the look again on ``LookAgain``.

        Raises ``Unavailable`` when six looks were all too old, and ``RuntimeError`` where there is no tenant.
        """
        tenant = self.tenant
        if tenant == Tenant():
            raise RuntimeError("a transaction of no tenant")
        for _ in range(MOST_LOOKS):
            try:
                async with self.database.driver_transaction(*tenant) as transaction:
                    return await use_case(transaction)
            except LookAgain as again:
                if again.prepare is not None:
                    async with self.begin() as session:
                        await again.prepare(session)
        raise Unavailable("Trop de demandes à la fois. Réessayez dans un instant.", retry_after=1)


def tell_tenant(request: Request, tenant: Tenant) -> None:
    """Called by a permission once it has let the caller in."""
    request.state.tenant = tenant


async def _database(request: Request) -> Database:
    return request.app.state.database


async def unit_of_work(request: Request) -> UnitOfWork:
    """Raises ``RuntimeError`` when no permission came before it in the route's arguments."""
    tenant: Tenant | None = getattr(request.state, "tenant", None)
    if tenant is None:
        raise RuntimeError(f"{request.url.path}: the permission must stand before the transaction")
    return UnitOfWork(request.app.state.database, tenant)


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """The one transaction of a request."""
    work = await unit_of_work(request)
    async with work.begin() as session:
        yield session


Databases = Annotated[Database, Depends(_database)]
Work = Annotated[UnitOfWork, Depends(unit_of_work)]
Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]
