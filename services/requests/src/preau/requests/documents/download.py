"""The bytes of a document as an answer: to save, never to be shown or run by a browser in our name."""

from fastapi.responses import StreamingResponse
from obstore.store import ObjectStore

from preau.common.errors import NotFound
from preau.common.logging import logger
from preau.common.objects import ObjectMissing, open_object
from preau.requests.documents.errors import DocumentUnavailable
from preau.requests.documents.filenames import attachment
from preau.requests.documents.tables import Document

log = logger(__name__)


async def download(document: Document | None, store: ObjectStore) -> StreamingResponse:
    """Raises ``NotFound`` for None, ``DocumentUnavailable`` when the store does not give its bytes."""
    if document is None:
        raise NotFound("Ce document n’existe pas.")
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
