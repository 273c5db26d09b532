"""Statements of account over a period."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.statements import repository
from preau.billing.statements.domain import Statement, period_of, statement
from preau.billing.statements.repository import FamilyAt
from preau.common.errors import NotFound


async def statement_of(
    session: AsyncSession,
    account_id: UUID,
    *,
    first: date | None,
    last: date | None,
    family_id: UUID | None = None,
) -> tuple[FamilyAt, Statement]:
    """An account and what moved of it; of this family only, if one is named.

    Raises `NotFound`, `FieldErrors` for a period that is none.
    """
    found = await repository.accounts_of(session, family_id=family_id, account_id=account_id)
    if not found:
        raise NotFound("Ce compte n’existe pas.")
    account = found[0].account
    period = period_of(first, last, await today(session, account.commune_id))
    opening = await repository.opening(session, account, period.first)
    return found[0], statement(period, opening, await repository.moved(session, account, period))
