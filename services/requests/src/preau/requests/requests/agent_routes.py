"""Routes of requests for agents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from preau.common.db.keyset import PageRequest
from preau.common.http.pages import Page
from preau.common.http.permissions import RequestsAgent
from preau.common.http.unit_of_work import Transaction
from preau.requests.messages.schemas import MessageIn, MessageOut
from preau.requests.requests import decisions, listing_repository, views
from preau.requests.requests.filters import RequestFilters
from preau.requests.requests.listing_repository import REQUESTS
from preau.requests.requests.schemas import AgentRequestDetail, AgentRequestSummary, Decision, InfoRequest

router = APIRouter(prefix="/agent/requests", tags=["requests"])


@router.get("")
async def read_requests(
    _agent: RequestsAgent,
    session: Transaction,
    filters: Annotated[RequestFilters, Depends()],
    asked: Annotated[PageRequest, Depends(REQUESTS.request)],
) -> Page[AgentRequestSummary]:
    """The requests sent to the commune, those sent first at first unless asked otherwise."""
    shown, next_cursor = await listing_repository.sent(session, asked, filters)
    return Page(items=await views.agent_summaries(session, shown), next_cursor=next_cursor)


@router.get("/{request_id}")
async def read_request(_agent: RequestsAgent, session: Transaction, request_id: UUID) -> AgentRequestDetail:
    """A request with its documents, history, messages and effect."""
    return await views.agent_detail(session, await decisions.sent_request(session, request_id))


@router.post("/{request_id}/review")
async def take_up_request(agent: RequestsAgent, session: Transaction, request_id: UUID) -> AgentRequestDetail:
    """Take a request up."""
    return await views.agent_detail(session, await decisions.take_up(session, agent, request_id))


@router.post("/{request_id}/info-request")
async def ask_family(
    agent: RequestsAgent, session: Transaction, request_id: UUID, body: InfoRequest
) -> AgentRequestDetail:
    """Ask the family for what is missing."""
    return await views.agent_detail(session, await decisions.ask(session, agent, request_id, body.message))


@router.post("/{request_id}/decision")
async def decide_request(
    agent: RequestsAgent, session: Transaction, request_id: UUID, body: Decision
) -> AgentRequestDetail:
    """Accept or refuse a request."""
    return await views.agent_detail(session, await decisions.decide(session, agent, request_id, body))


@router.post("/{request_id}/messages", status_code=201)
async def write_message(
    agent: RequestsAgent, session: Transaction, request_id: UUID, body: MessageIn
) -> MessageOut:
    """Write to the family about a request."""
    return MessageOut.model_validate(await decisions.write(session, agent, request_id, body.text))
