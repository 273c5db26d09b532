"""Tariffs over HTTP."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from preau.billing.tariffs.definition import TariffDefinition
from preau.common.http.schemas import RequestModel, ResponseModel


class TariffIn(RequestModel):
    """A tariff of an activity from a day on; it supersedes one stated for the same day."""

    activity_id: UUID
    effective_from: date
    definition: TariffDefinition


class TariffOut(ResponseModel):
    """``version`` counts what was stated for the same activity and day."""

    tariff_id: UUID
    activity_id: UUID
    effective_from: date
    definition: TariffDefinition
    created_at: datetime
    version: int


class SampleFamily(RequestModel):
    """A family to try a tariff on. ``quotient`` in whole euros; ``sibling_rank`` 1 is the eldest."""

    quotient: int | None = Field(default=None, ge=0, le=1_000_000)
    resident: bool = True
    sibling_rank: int = Field(default=1, ge=1, le=20)
    units: int = Field(default=1, ge=1, le=100)


class PreviewIn(RequestModel):
    definition: TariffDefinition
    facts: list[SampleFamily] = Field(min_length=1, max_length=100)


class PreviewLine(ResponseModel):
    quotient: int | None
    resident: bool
    sibling_rank: int
    units: int
    unit_cents: int
    amount_cents: int
    explanation: str


class PreviewOut(ResponseModel):
    items: list[PreviewLine]
