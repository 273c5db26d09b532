"""What agents filter payments by."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from preau.common.http.texts import Line
from preau.payments.payments.lifecycle import PaymentStatus

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
AmountBound = Annotated[int | None, Query(ge=-2_000_000_000, le=2_000_000_000, description="Cents")]


@dataclass(frozen=True, slots=True)
class PaymentFilters:
    """``q`` is a number (an invoice's, a receipt's, the provider's), or its words are in the family's name.

    Days are the commune's; both ends of ranges are included.
    """

    q: Annotated[Line, Query(max_length=100)] = ""
    status: PaymentStatus | None = None
    regie_id: UUID | None = None
    family_id: UUID | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    min_cents: AmountBound = None
    max_cents: AmountBound = None
