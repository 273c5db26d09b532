"""What family and commune write to each other about a request."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from preau.common.db.tables import commune_column, given_instant, uuid_pk
from preau.requests.database import Table


class Message(Table):
    """A message, as plain text. ``author_id`` is an account or an agent; None once an account was erased."""

    __tablename__ = "message"

    message_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    request_id: Mapped[UUID]
    author: Mapped[str]
    author_id: Mapped[UUID | None]
    author_name: Mapped[str]
    text: Mapped[str]
    written_at: Mapped[datetime] = given_instant()
