"""What is known of the documents that families gave; their bytes lie in the object store."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, given_instant, uuid_pk
from preau.requests.database import Table


class Document(Table):
    """A document of a family. ``size`` is in bytes; ``sha256`` (hex) is that of the stored bytes."""

    __tablename__ = "document"

    document_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    kind: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    object_key: Mapped[str]
    uploaded_at: Mapped[datetime] = given_instant()


class DocumentUsage(Table):
    """How many bytes a family keeps in a commune."""

    __tablename__ = "document_usage"

    commune_id: Mapped[UUID] = commune_column(primary_key=True)
    family_id: Mapped[UUID] = mapped_column(primary_key=True)
    used_bytes: Mapped[int] = mapped_column(BigInteger)


class RequestDocument(Table):
    """A document shown with a request, under the code of what the category asks for."""

    __tablename__ = "request_document"

    commune_id: Mapped[UUID] = commune_column()
    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[UUID]
