"""Transactions of a request, for the tenant that its permission found.

A route that needs one transaction asks for a ``Transaction``: it begins after the permission has let the
caller in, is committed before the answer leaves, and rolled back when the route raises. A use case that needs
two, because it asks an outside service in between, gets the ``Work`` and begins each itself. A public route
has no tenant: it takes the ``Databases`` and says for whom it opens what.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.database import Database


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whose rows are seen: one commune's, or one account's over its communes."""

    commune_id: UUID | None = None
    account_id: UUID | None = None


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


def tell_tenant(request: Request, tenant: Tenant) -> None:
    """Called by a permission once it has let the caller in."""
    request.state.tenant = tenant


def _database(request: Request) -> Database:
    return request.app.state.database


def unit_of_work(request: Request) -> UnitOfWork:
    """Raises ``RuntimeError`` when no permission came before it in the route's arguments."""
    tenant: Tenant | None = getattr(request.state, "tenant", None)
    if tenant is None:
        raise RuntimeError(f"{request.url.path}: the permission must stand before the transaction")
    return UnitOfWork(_database(request), tenant)


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """The one transaction of a request."""
    async with unit_of_work(request).begin() as session:
        yield session


Databases = Annotated[Database, Depends(_database)]
Work = Annotated[UnitOfWork, Depends(unit_of_work)]
Transaction = Annotated[AsyncSession, Depends(transaction, scope="function")]
