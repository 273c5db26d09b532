"""Quotes over HTTP."""

from datetime import date
from uuid import UUID

from pydantic import Field

from preau.common.http.schemas import RequestModel, ResponseModel


class QuoteLineIn(RequestModel):
    child_id: UUID
    activity_id: UUID
    date: date


class QuoteIn(RequestModel):
    lines: list[QuoteLineIn] = Field(max_length=2000)


class QuoteLineOut(ResponseModel):
    """``amount_cents`` is null when the commune has stated no tariff for that day."""

    child_id: UUID
    activity_id: UUID
    date: date
    payment_mode: str | None
    amount_cents: int | None
    explanation: str


class QuoteOfRegie(ResponseModel):
    regie_id: UUID
    regie_label: str
    prepaid_cents: int
    month_end_cents: int
    total_cents: int


class QuoteOut(ResponseModel):
    """Totals in cents; ``prepaid_cents`` is to be paid at once, the rest comes with the month's invoice."""

    total_cents: int
    prepaid_cents: int
    lines: list[QuoteLineOut]
    by_regie: list[QuoteOfRegie]
