"""Régies over HTTP."""

from uuid import UUID

from pydantic import Field

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Line


class RegieIn(RequestModel):
    """A new régie. The prefix opens its invoices' numbers and never changes."""

    code: str = Field(min_length=1, max_length=10, pattern=r"^[A-Za-z0-9-]+$")
    label: Line = Field(min_length=1, max_length=100)
    due_days: int = Field(default=30, ge=0, le=365)
    series_prefix: str = Field(min_length=1, max_length=10, pattern=r"^[A-Z0-9-]+$")


class RegiePatch(RequestModel):
    """What may change of a régie."""

    label: Line | None = Field(default=None, min_length=1, max_length=100)
    due_days: int | None = Field(default=None, ge=0, le=365)


class RegieOut(ResponseModel):
    regie_id: UUID
    code: str
    label: str
    due_days: int
    series_prefix: str
    version: int
