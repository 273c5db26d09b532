"""Routes of requests for families."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from preau.common.http.access import Family
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.pages import AfterId, Limit, Page, page_of
from preau.requests.messages.schemas import MessageIn, MessageOut
from preau.requests.requests import repository, service, views
from preau.requests.requests.schemas import RequestChange, RequestDetail, RequestIn, RequestSummary

router = APIRouter(prefix="/parent/families/{family_id}/requests", tags=["requests"])


@router.post("", status_code=201, response_model=RequestDetail)
async def start_request(family: Family, key: IdempotencyKey, body: RequestIn) -> Any:
    """Make a request: a draft, or sent at once."""

    async def produce() -> RequestDetail:
        return await views.detail(family.session, await service.start(family, body))

    return await key.once(family.session, family.account_id, body, produce)


@router.get("")
async def read_requests(family: Family, before: AfterId, limit: Limit = 50) -> Page[RequestSummary]:
    """The family's requests, newest first."""
    rows = await repository.list_of_family(family.session, family.family_id, before=before, limit=limit + 1)
    shown, next_cursor = page_of(rows, limit, lambda row: (row.request_id,))
    return Page(items=[views.summary(row) for row in shown], next_cursor=next_cursor)


@router.get("/{request_id}")
async def read_request(family: Family, request_id: UUID) -> RequestDetail:
    """A request with its documents, history and messages."""
    return await views.detail(family.session, await service.own_request(family, request_id))


@router.patch("/{request_id}")
async def change_request(family: Family, request_id: UUID, body: RequestChange) -> RequestDetail:
    """Change a draft, or a request that the commune wants completed."""
    return await views.detail(family.session, await service.change(family, request_id, body))


@router.post("/{request_id}/submit")
async def submit_request(family: Family, request_id: UUID) -> RequestDetail:
    """Send a draft, or give a completed request back."""
    return await views.detail(family.session, await service.submit(family, request_id))


@router.post("/{request_id}/withdrawal")
async def withdraw_request(family: Family, request_id: UUID) -> RequestDetail:
    """Take a request back."""
    return await views.detail(family.session, await service.withdraw(family, request_id))


@router.post("/{request_id}/messages", status_code=201)
async def write_message(family: Family, request_id: UUID, body: MessageIn) -> MessageOut:
    """Write to the commune about a request."""
    return MessageOut.model_validate(await service.write(family, request_id, body.text))
