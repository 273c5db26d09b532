"""Runs over HTTP. Money in cents."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from preau.billing.runs.domain import AnomalyKind, RunKind
from preau.billing.runs.lifecycle import Status
from preau.common.http.schemas import RequestModel, ResponseModel

MONTH = r"^20\d{2}-(0[1-9]|1[0-2])$"
"""A month as "2026-03"."""


class RunIn(RequestModel):
    regie_id: UUID
    period: str = Field(pattern=MONTH)
    kind: RunKind = "month_end"


class RunOut(ResponseModel):
    """``families`` and ``total_cents`` grow while the run computes; computed, it is a preview."""

    run_id: UUID
    regie_id: UUID
    period: str
    kind: RunKind
    sequence: int
    status: Status
    chunks_total: int
    chunks_done: int
    families: int
    total_cents: int
    previous_total_cents: int
    created_at: datetime
    computed_at: datetime | None
    issued_at: datetime | None


class AnomalyOut(ResponseModel):
    family_id: UUID
    family_label: str
    kind: AnomalyKind
    message: str


class RunDetail(RunOut):
    anomalies: list[AnomalyOut]
