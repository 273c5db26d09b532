"""Families and agents read statements of account; agents the journal of a régie."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from preau.billing.copies import repository as copies
from preau.billing.copies.calendar import today
from preau.billing.regies import repository as regies
from preau.billing.statements import repository, service, unpaid_repository
from preau.billing.statements.domain import period_of
from preau.billing.statements.schemas import (
    AccountTotalOut,
    DayTotalOut,
    FamilyAccountOut,
    JournalOut,
    StatementOut,
    UnpaidOut,
    account_out,
    statement_out,
    unpaid_out,
)
from preau.billing.statements.unpaid_repository import UNPAID
from preau.common.db.keyset import PageRequest
from preau.common.errors import NotFound
from preau.common.http.pages import Page
from preau.common.http.permissions import BillingAgent, Family
from preau.common.http.unit_of_work import Transaction

router = APIRouter(tags=["comptes"])


@router.get("/parent/families/{family_id}/accounts")
async def list_own_accounts(family: Family, session: Transaction) -> Page[FamilyAccountOut]:
    """The family's accounts, by régie."""
    found = await repository.accounts_of(session, family_id=family.family_id)
    return Page(items=[account_out(each) for each in found])


@router.get("/parent/families/{family_id}/accounts/{account_id}/statement")
async def read_own_statement(
    family: Family,
    session: Transaction,
    account_id: UUID,
    first: date | None = None,
    last: date | None = None,
) -> StatementOut:
    """What moved of an account: the year up to today unless a period is asked for, three years at most."""
    found, made = await service.statement_of(
        session, account_id, first=first, last=last, family_id=family.family_id
    )
    return statement_out(found, made)


@router.get("/agent/families/{family_id}/accounts")
async def list_accounts(agent: BillingAgent, session: Transaction, family_id: UUID) -> Page[FamilyAccountOut]:
    """A family's accounts, by régie; none for a family that was never billed."""
    if await copies.family(session, family_id) is None:
        raise NotFound("Cette famille n’existe pas.")
    found = await repository.accounts_of(session, family_id=family_id)
    return Page(items=[account_out(each) for each in found])


@router.get("/agent/accounts/{account_id}/statement")
async def read_statement(
    agent: BillingAgent,
    session: Transaction,
    account_id: UUID,
    first: date | None = None,
    last: date | None = None,
) -> StatementOut:
    """What moved of an account: the year up to today unless a period is asked for, three years at most."""
    found, made = await service.statement_of(session, account_id, first=first, last=last)
    return statement_out(found, made)


@router.get("/agent/unpaid")
async def list_unpaid(
    agent: BillingAgent,
    session: Transaction,
    asked: Annotated[PageRequest, Depends(UNPAID.request)],
    regie_id: UUID | None = None,
) -> Page[UnpaidOut]:
    """The families of which something is past due, the longest first unless asked otherwise."""
    day = await today(session, agent.commune_id)
    found, next_cursor = await unpaid_repository.listed(session, asked, today=day, regie_id=regie_id)
    return Page(items=[unpaid_out(each) for each in found], next_cursor=next_cursor)


@router.get("/agent/regies/{regie_id}/journal")
async def read_journal(
    agent: BillingAgent,
    session: Transaction,
    regie_id: UUID,
    first: date | None = None,
    last: date | None = None,
) -> JournalOut:
    """A régie's accounts and days: the year up to today unless a period is asked for; at most three."""
    if await regies.regie(session, regie_id) is None:
        raise NotFound("Cette régie n’existe pas.")
    period = period_of(first, last, await today(session, agent.commune_id))
    accounts = [
        AccountTotalOut(
            **each._asdict(), closing_cents=each.opening_cents + each.debit_cents - each.credit_cents
        )
        for each in await repository.totals(session, regie_id, period)
    ]
    days = [
        DayTotalOut.model_validate(each._asdict())
        for each in await repository.days(session, regie_id, period)
    ]
    return JournalOut(regie_id=regie_id, first=period.first, last=period.last, accounts=accounts, days=days)
