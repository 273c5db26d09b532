"""Columns that every service writes the same way."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, FetchedValue, Integer, Text, func
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.ids import new_id

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, so that migrations and errors can speak of them."""

TYPES = {str: Text, datetime: DateTime(timezone=True)}
"""The column types of annotations, as the migrations write them."""


def uuid_pk() -> Mapped[UUID]:
    """The primary key: a UUIDv7 made by us."""
    return mapped_column(PgUuid(as_uuid=True), primary_key=True, default=new_id)


def commune_column(**options: Any) -> Mapped[UUID]:
    """The tenant of the row; row-level security goes by it."""
    return mapped_column("commune_id", PgUuid(as_uuid=True), nullable=False, **options)


def instant(**options: Any) -> Mapped[datetime]:
    """An instant in UTC, by default that of the transaction."""
    return mapped_column(DateTime(timezone=True), nullable=False, server_default=func.now(), **options)


def given_instant(**options: Any) -> Mapped[datetime]:
    """An instant in UTC that whoever writes the row has to give."""
    return mapped_column(DateTime(timezone=True), nullable=False, **options)


def optional_instant() -> Mapped[datetime | None]:
    """An instant in UTC that may not have come yet."""
    return mapped_column(DateTime(timezone=True), nullable=True)


def kept_instant() -> Mapped[datetime]:
    """An instant in UTC that PostgreSQL computes from other columns; it is read, never written."""
    return mapped_column(DateTime(timezone=True), FetchedValue(), nullable=False, deferred=True)


def version_column() -> Mapped[int]:
    """The version of an aggregate: it grows by one with each change that is told to others."""
    return mapped_column(Integer, nullable=False, default=1, server_default="1")
