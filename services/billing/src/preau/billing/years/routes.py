"""Agents close the years of a régie."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.years import service
from preau.billing.years.schemas import ReopeningIn, YearOut
from preau.common.audit import record_change
from preau.common.http.pages import Page
from preau.common.http.permissions import AgentCaller, BillingAgent
from preau.common.http.unit_of_work import Transaction

router = APIRouter(prefix="/agent/regies/{regie_id}/years", tags=["comptes"])

Year = Annotated[int, Path(ge=2000, le=2999)]


@router.get("")
async def list_years(agent: BillingAgent, session: Transaction, regie_id: UUID) -> Page[YearOut]:
    """The years in which something moved, the newest first."""
    return await _years(session, regie_id)


@router.post("/{year}/closing", status_code=201)
async def close_year(agent: BillingAgent, session: Transaction, regie_id: UUID, year: Year) -> Page[YearOut]:
    """Close a year: nothing is entered in it any more; what is heard of late goes into the next one.

    409 `year-not-over`, `year-closed`, `earlier-year-open`.
    """
    await service.close(session, agent, regie_id, year)
    await _record(session, agent, "year.closed", regie_id, {"year": year})
    return await _years(session, regie_id)


@router.post("/{year}/reopening", status_code=201)
async def reopen_year(
    agent: BillingAgent, session: Transaction, regie_id: UUID, year: Year, body: ReopeningIn
) -> Page[YearOut]:
    """Open the last closed year again. 409 `year-open`, `later-year-closed`."""
    await service.reopen(session, regie_id, year)
    await _record(session, agent, "year.reopened", regie_id, {"year": year, "reason": body.reason})
    return await _years(session, regie_id)


async def _years(session: AsyncSession, regie_id: UUID) -> Page[YearOut]:
    found = await service.totals(session, regie_id)
    return Page(items=[YearOut.model_validate(each._asdict()) for each in found])


async def _record(
    session: AsyncSession, agent: AgentCaller, action: str, regie_id: UUID, after: dict[str, object]
) -> None:
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=regie_id,
        after=after,
    )
