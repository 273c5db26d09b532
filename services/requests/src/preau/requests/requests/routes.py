"""Routes of requests for families."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.pages import AfterId, Limit, Page, page_of
from preau.common.http.permissions import Family
from preau.common.http.unit_of_work import Transaction
from preau.requests.messages.schemas import MessageIn, MessageOut
from preau.requests.requests import repository, service, views
from preau.requests.requests.schemas import RequestChange, RequestDetail, RequestIn, RequestSummary

router = APIRouter(prefix="/parent/families/{family_id}/requests", tags=["requests"])


@router.post("", status_code=201, response_model=RequestDetail)
async def start_request(family: Family, session: Transaction, key: IdempotencyKey, body: RequestIn) -> Any:
    """Make a request: a draft, or sent at once."""

    async def produce() -> RequestDetail:
        return await views.detail(session, await service.start(session, family, body))

    return await key.once(session, family.account_id, body, produce)


@router.get("")
async def read_requests(
    family: Family, session: Transaction, before: AfterId, limit: Limit = 50
) -> Page[RequestSummary]:
    """The family's requests, newest first."""
    rows = await repository.list_of_family(session, family.family_id, before=before, limit=limit + 1)
    shown, next_cursor = page_of(rows, limit, lambda row: (row.request_id,))
    return Page(items=[views.summary(row) for row in shown], next_cursor=next_cursor)


@router.get("/{request_id}")
async def read_request(family: Family, session: Transaction, request_id: UUID) -> RequestDetail:
    """A request with its documents, history and messages."""
    return await views.detail(session, await service.own_request(session, family.family_id, request_id))


@router.patch("/{request_id}")
async def change_request(
    family: Family, session: Transaction, request_id: UUID, body: RequestChange
) -> RequestDetail:
    """Change a draft, or a request that the commune wants completed."""
    return await views.detail(session, await service.change(session, family, request_id, body))


@router.post("/{request_id}/submit")
async def submit_request(family: Family, session: Transaction, request_id: UUID) -> RequestDetail:
    """Send a draft, or give a completed request back."""
    return await views.detail(session, await service.submit(session, family, request_id))


@router.post("/{request_id}/withdrawal")
async def withdraw_request(family: Family, session: Transaction, request_id: UUID) -> RequestDetail:
    """Take a request back."""
    return await views.detail(session, await service.withdraw(session, family, request_id))


@router.post("/{request_id}/messages", status_code=201)
async def write_message(
    family: Family, session: Transaction, request_id: UUID, body: MessageIn
) -> MessageOut:
    """Write to the commune about a request."""
    return MessageOut.model_validate(await service.write(session, family, request_id, body.text))
