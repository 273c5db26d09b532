"""What agents filter invoices by."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from preau.billing.invoices.domain import Kind
from preau.common.http.texts import Line

StatusFilter = Literal["open", "issued", "partly_paid", "paid", "written_off", "cancelled"]
"""A status, or ``open``: something is still due."""
AmountBound = Annotated[int | None, Query(ge=-2_000_000_000, le=2_000_000_000, description="Cents")]


@dataclass(frozen=True, slots=True)
class InvoiceFilters:
    """``q`` is in the number, or its words in the family's name; both ends of ranges are included."""

    q: Annotated[Line, Query(max_length=100)] = ""
    status: StatusFilter | None = None
    kind: Kind | None = None
    regie_id: UUID | None = None
    family_id: UUID | None = None
    due_from: date | None = None
    due_to: date | None = None
    min_cents: AmountBound = None
    max_cents: AmountBound = None
