"""Agents see the small amounts that wait for the next month's end."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from preau.billing.carried_months import repository
from preau.billing.carried_months.repository import CARRIED
from preau.billing.carried_months.schemas import CarriedMonthsOut, carried_out
from preau.common.db.keyset import PageRequest
from preau.common.http.permissions import BillingAgent
from preau.common.http.unit_of_work import Transaction

router = APIRouter(prefix="/agent/carried-months", tags=["facturation"])


@router.get("")
async def list_carried_months(
    agent: BillingAgent,
    session: Transaction,
    asked: Annotated[PageRequest, Depends(CARRIED.request)],
    regie_id: UUID | None = None,
) -> CarriedMonthsOut:
    """The families whose small amounts wait, the newest first unless asked otherwise."""
    found, next_cursor = await repository.listed(session, asked, regie_id=regie_id)
    all_of_them = await repository.waiting(session, regie_id=regie_id)
    return CarriedMonthsOut(
        items=[carried_out(each) for each in found],
        next_cursor=next_cursor,
        families=all_of_them.families,
        total_cents=all_of_them.cents,
    )
