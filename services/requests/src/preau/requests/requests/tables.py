"""Requests, their history, and the counter of their references."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, given_instant, optional_instant, uuid_pk, version_column
from preau.requests.database import Table


class Request(Table):
    """A family's request. Form, required documents and effect are the category's as when it was last sent.

    ``effect`` is the mapping; what it gives is built from ``answers`` when an agent accepts.
    """

    __tablename__ = "request"

    request_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    category_id: Mapped[UUID]
    category_code: Mapped[str]
    category_label: Mapped[str]
    reference: Mapped[str]
    status: Mapped[str]
    form: Mapped[dict[str, Any]] = mapped_column(JSONB)
    required_documents: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    effect: Mapped[dict[str, Any]] = mapped_column(JSONB)
    answers: Mapped[dict[str, str]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = given_instant()
    submitted_at: Mapped[datetime | None] = optional_instant()
    decided_at: Mapped[datetime | None] = optional_instant()
    version: Mapped[int] = version_column()


class RequestHistory(Table):
    """One step of a request: who moved it, from where to where."""

    __tablename__ = "request_history"

    history_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    request_id: Mapped[UUID]
    from_status: Mapped[str | None]
    to_status: Mapped[str]
    actor: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    happened_at: Mapped[datetime] = given_instant()
    version: Mapped[int]


class ReferenceCounter(Table):
    """The last number given to a request of a commune in a year."""

    __tablename__ = "reference_counter"

    commune_id: Mapped[UUID] = commune_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
