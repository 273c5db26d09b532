"""Billing runs, their chunks, the families they froze, and what looks odd."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import BigInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.billing.runs.domain import AnomalyKind, RunKind
from preau.billing.runs.lifecycle import Status
from preau.billing.tariffs.tables import ChildAsPriced
from preau.common.db.tables import commune_column, instant, optional_instant, uuid_pk, version_column

ChunkStatus = Literal["queued", "working", "paused", "done"]


class BillingRun(Table):
    """A month of a régie. ``tariffs`` are those in force when it began, by activity.

    A draft of less than ``carry_under_cents`` is not issued but carried over to the next month's end; null:
    none is. ``families_carried`` and ``carried_cents`` grow while stages are issued.
    Each chunk is computed (``chunks_done``), and each stage issued (``stages_done``); there are as many.
    """

    __tablename__ = "billing_run"

    run_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    regie_id: Mapped[UUID]
    period: Mapped[str]
    kind: Mapped[RunKind] = mapped_column(Text)
    sequence: Mapped[int]
    status: Mapped[Status] = mapped_column(Text)
    tariffs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    chunks_total: Mapped[int]
    chunks_done: Mapped[int] = mapped_column(default=0)
    stages_done: Mapped[int] = mapped_column(default=0)
    invoices_issued: Mapped[int] = mapped_column(default=0)
    carry_under_cents: Mapped[int | None]
    families_carried: Mapped[int] = mapped_column(default=0)
    carried_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    families: Mapped[int] = mapped_column(default=0)
    total_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    previous_total_cents: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = instant()
    computed_at: Mapped[datetime | None] = optional_instant()
    issued_at: Mapped[datetime | None] = optional_instant()
    version: Mapped[int] = version_column()


class RunFamily(Table):
    """A family of a run and whom its invoice goes to, as it stood when the run began.

    ``addressee`` is null for a family whose record is not known here. Chunks follow the ids, for
    their charges lie in a row; stages follow the labels, and so do the numbers. ``set_aside`` is why
    an agent keeps the family out of the run. The family's charges count from ``carried_from`` on, where
    months before were carried over, else from the first day of the month.
    ``charges_seen`` is the fingerprint of what a family without a draft had when it was computed, as a draft
    keeps it for the others (null: nothing).
    """

    __tablename__ = "run_family"

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    family_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    chunk_number: Mapped[int]
    stage: Mapped[int]
    label: Mapped[str | None]
    addressee: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    set_aside: Mapped[str | None]
    carried_from: Mapped[date | None]
    charges_seen: Mapped[int | None] = mapped_column(BigInteger)


class RunChild(ChildAsPriced, Table):
    """A child as prices saw it in a part of the month when the run began."""

    __tablename__ = "run_child"

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    chunk_number: Mapped[int] = mapped_column(primary_key=True)


class RunChunk(Table):
    """Some families of a run: computed by one worker, and as many issued by one, when all are computed.

    ``epoch`` fences off a worker that was given up; ``tries`` is how often that was since it was queued.
    """

    __tablename__ = "run_chunk"

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    epoch: Mapped[int]
    tries: Mapped[int] = mapped_column(default=0)
    status: Mapped[ChunkStatus] = mapped_column(Text)
    lease_until: Mapped[datetime | None] = optional_instant()
    done_at: Mapped[datetime | None] = optional_instant()


class RunAnomaly(Table):
    """Something that an agent should look at before issuing."""

    __tablename__ = "run_anomaly"

    anomaly_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    run_id: Mapped[UUID]
    family_id: Mapped[UUID]
    kind: Mapped[AnomalyKind] = mapped_column(Text)
    message: Mapped[str]
