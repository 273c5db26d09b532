"""Prints and their chunks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.billing.prints.lifecycle import Status
from preau.common.db.tables import commune_column, instant, optional_instant, uuid_pk


class PrintJob(Table):
    """A file of invoices, or of letters. ``about`` is what was asked for; ``object_key`` is where it lies."""

    __tablename__ = "print_job"

    print_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    status: Mapped[Status] = mapped_column(Text)
    about: Mapped[dict[str, Any]] = mapped_column(JSONB)
    invoices: Mapped[int]
    chunks_total: Mapped[int]
    chunks_done: Mapped[int] = mapped_column(default=0)
    object_key: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    lease_until: Mapped[datetime | None] = optional_instant()
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = instant()
    ready_at: Mapped[datetime | None] = optional_instant()


class PrintChunk(Table):
    """Some invoices of a print, or those that some letters remind of, in their order.

    ``tries`` fences off a worker that was given up.
    """

    __tablename__ = "print_chunk"

    print_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    invoice_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PgUuid(as_uuid=True)))
    object_key: Mapped[str | None]
    lease_until: Mapped[datetime | None] = optional_instant()
    tries: Mapped[int] = mapped_column(default=0)
