"""Routes of documents: families give, list, read and remove theirs."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from preau.common.http.pages import AfterId, Limit, Page, page_of
from preau.common.http.permissions import Family
from preau.common.http.unit_of_work import Transaction, Work
from preau.requests.documents import service
from preau.requests.documents.cleaning import FileRefused
from preau.requests.documents.dependencies import Cleaning, Settings, Store
from preau.requests.documents.download import download
from preau.requests.documents.errors import DocumentRefused
from preau.requests.documents.repository import find_of_family, list_of_family
from preau.requests.documents.schemas import DocumentOut
from preau.requests.documents.upload import receive

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


@router.post("/parent/families/{family_id}/documents", status_code=201, openapi_extra=UPLOAD_FORM)
async def give_document(
    request: Request, family: Family, work: Work, store: Store, cleaner: Cleaning, settings: Settings
) -> DocumentOut:
    """Give a PDF or a photo; what is kept is a clean copy.

    The transaction begins only once the file is here and clean: a slow phone must not hold a connection to
    the database for a minute.
    """
    upload = await receive(request, settings.document_max_bytes)
    try:
        cleaned = await cleaner.clean(upload.data)
    except FileRefused as refused:
        raise DocumentRefused(str(refused)) from refused
    document = await service.keep(work, family, store, upload, cleaned, limit=settings.family_max_bytes)
    return DocumentOut.model_validate(document)


@router.get("/parent/families/{family_id}/documents")
async def read_documents(
    family: Family, session: Transaction, before: AfterId, limit: Limit = 50
) -> Page[DocumentOut]:
    """The documents that the family gave, newest first."""
    rows = await list_of_family(session, family.family_id, before=before, limit=limit + 1)
    shown, next_cursor = page_of(rows, limit, lambda row: (row.document_id,))
    return Page(items=[DocumentOut.model_validate(row) for row in shown], next_cursor=next_cursor)


@router.get("/parent/families/{family_id}/documents/{document_id}", response_class=StreamingResponse)
async def download_own(
    family: Family, session: Transaction, document_id: UUID, store: Store
) -> StreamingResponse:
    """The bytes of a document of the family."""
    return await download(await find_of_family(session, family.family_id, document_id), store)


@router.delete("/parent/families/{family_id}/documents/{document_id}", status_code=204)
async def remove_document(family: Family, session: Transaction, document_id: UUID) -> None:
    """Remove a document that no request shows."""
    await service.let_go(session, family.family_id, document_id)
