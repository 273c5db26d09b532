"""Routes of documents: families give, list, read and remove theirs; agents read what a request shows."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from obstore.store import ObjectStore

from preau.common.errors import NotFound
from preau.common.http.access import AgentAccess, AgentMay, Family
from preau.common.http.pages import AfterId, Limit, Page, page_of
from preau.common.logging import logger
from preau.requests.documents import service
from preau.requests.documents.cleaning import FileRefused
from preau.requests.documents.errors import DocumentRefused, DocumentUnavailable
from preau.requests.documents.filenames import attachment
from preau.requests.documents.isolation import Cleaner
from preau.requests.documents.repository import find_of_family, find_shown, list_of_family
from preau.requests.documents.schemas import DocumentOut
from preau.requests.documents.store import ObjectMissing, open_object
from preau.requests.documents.tables import Document
from preau.requests.documents.upload import UploadingFamily, receive
from preau.requests.settings import RequestsSettings

log = logger(__name__)
router = APIRouter(tags=["documents"])

UPLOAD_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "kind"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "kind": {"type": "string", "maxLength": 40, "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
                    },
                }
            }
        },
    }
}


def _store(request: Request) -> ObjectStore:
    return request.app.state.documents


def _cleaner(request: Request) -> Cleaner:
    return request.app.state.cleaner


Store = Annotated[ObjectStore, Depends(_store)]


@router.post("/parent/families/{family_id}/documents", status_code=201, openapi_extra=UPLOAD_FORM)
async def give_document(
    request: Request,
    uploader: UploadingFamily,
    store: Store,
    cleaner: Annotated[Cleaner, Depends(_cleaner)],
) -> DocumentOut:
    """Give a PDF or a photo; what is kept is a clean copy."""
    settings: RequestsSettings = request.app.state.settings
    upload = await receive(request, settings.document_max_bytes)
    try:
        cleaned = await cleaner.clean(upload.data)
    except FileRefused as refused:
        raise DocumentRefused(str(refused)) from refused
    document = await service.keep(uploader, store, upload, cleaned, limit=settings.family_max_bytes)
    return DocumentOut.model_validate(document)


@router.get("/parent/families/{family_id}/documents")
async def read_documents(family: Family, before: AfterId, limit: Limit = 50) -> Page[DocumentOut]:
    """The documents that the family gave, newest first."""
    rows = await list_of_family(family.session, family.family_id, before=before, limit=limit + 1)
    shown, next_cursor = page_of(rows, limit, lambda row: (row.document_id,))
    return Page(items=[DocumentOut.model_validate(row) for row in shown], next_cursor=next_cursor)


@router.get("/parent/families/{family_id}/documents/{document_id}", response_class=StreamingResponse)
async def download_own(family: Family, document_id: UUID, store: Store) -> StreamingResponse:
    """The bytes of a document of the family."""
    return await _download(await find_of_family(family.session, family.family_id, document_id), store)


@router.delete("/parent/families/{family_id}/documents/{document_id}", status_code=204)
async def remove_document(family: Family, document_id: UUID) -> None:
    """Remove a document that no request shows."""
    await service.let_go(family, document_id)


@router.get("/agent/documents/{document_id}", response_class=StreamingResponse)
async def download_shown(
    agent: Annotated[AgentAccess, AgentMay("requests")], document_id: UUID, store: Store
) -> StreamingResponse:
    """The bytes of a document that a request shows."""
    return await _download(await find_shown(agent.session, document_id), store)


async def _download(document: Document | None, store: ObjectStore) -> StreamingResponse:
    """The document to save, never to be shown or run by a browser in our name."""
    if document is None:
        raise NotFound("Ce document n'existe pas.")
    try:
        pieces = await open_object(store, document.object_key)
    except ObjectMissing as error:
        log.error(
            "document without object", document_id=str(document.document_id), cause=repr(error.__cause__)
        )
        raise DocumentUnavailable from error
    return StreamingResponse(
        pieces,
        media_type=document.media_type,
        headers={
            "Content-Disposition": attachment(document.filename),
            "Content-Length": str(document.size),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
            "ETag": f'"{document.sha256}"',
        },
    )
