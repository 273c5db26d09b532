"""What the API says of documents."""

from datetime import datetime
from uuid import UUID

from preau.common.http.schemas import ResponseModel


class DocumentOut(ResponseModel):
    """A document that a family gave. ``size`` in bytes, ``sha256`` in hex."""

    document_id: UUID
    kind: str
    filename: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime
