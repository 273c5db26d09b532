"""Runs over HTTP. Money in cents."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from preau.billing.runs.domain import RunKind
from preau.common.http.schemas import RequestModel, ResponseModel


class RunIn(RequestModel):
    regie_id: UUID
    period: str = Field(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")
    kind: RunKind = "month_end"


class RunOut(ResponseModel):
    """``families`` and ``total_cents`` grow while the run computes; computed, it is a preview."""

    run_id: UUID
    regie_id: UUID
    period: str
    kind: str
    sequence: int
    status: str
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
    kind: str
    message: str


class RunDetail(RunOut):
    anomalies: list[AnomalyOut]
