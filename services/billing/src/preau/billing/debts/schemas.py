"""Debts that keep families from booking, over HTTP. Money in cents."""

from datetime import date

from pydantic import Field

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Line


class DebtRuleIn(RequestModel):
    """Who owes so much that is past due since so many days books no more; off, everybody books."""

    is_on: bool
    threshold_cents: int = Field(ge=1, le=1_000_000)
    days: int = Field(ge=1, le=365)


class DebtRuleOut(ResponseModel):
    """``version`` is 0 where the commune has stated nothing."""

    is_on: bool
    threshold_cents: int
    days: int
    version: int


class DebtExemptionIn(RequestModel):
    """The family books all the same up to and with a day, at most two years ahead."""

    until: date
    reason: Line = Field(min_length=3, max_length=300)


class FamilyDebtOut(ResponseModel):
    """What keeps the family from booking (0: nothing), and until when it is exempt."""

    owed_cents: int
    exempt_until: date | None
    reason: str
