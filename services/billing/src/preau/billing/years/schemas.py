"""The years of a régie, over HTTP. Money in cents."""

from datetime import datetime

from pydantic import Field

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Line


class YearOut(ResponseModel):
    """A year of a régie: what moved in it, and what families owe and are owed at its end.

    ``closed_at`` is null while entries can be made in it.
    """

    year: int
    billed_cents: int
    received_cents: int
    written_off_cents: int
    receivable_cents: int
    credit_cents: int
    closed_at: datetime | None


class ReopeningIn(RequestModel):
    """Why a year is opened again."""

    reason: Line = Field(min_length=3, max_length=300)
