"""The documents of requests as agents read them."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from preau.common.http.permissions import RequestsAgent
from preau.common.http.unit_of_work import Transaction
from preau.requests.documents.dependencies import Store
from preau.requests.documents.download import download
from preau.requests.requests.repository import find_shown

router = APIRouter(tags=["documents"])


@router.get("/agent/documents/{document_id}", response_class=StreamingResponse)
async def download_shown(
    _agent: RequestsAgent, session: Transaction, document_id: UUID, store: Store
) -> StreamingResponse:
    """The bytes of a document that a request shows."""
    return await download(await find_shown(session, document_id), store)
