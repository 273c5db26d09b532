"""What agents filter invoices by."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from preau.billing.invoices.domain import Kind
from preau.common.http.texts import Line

StatusFilter = Literal[
    "open", "overdue", "issued", "partly_paid", "paid", "in_favour", "written_off", "cancelled"
]
"""A status (an avoir is not ``paid`` but ``in_favour`` of the family); ``open``: something is still due; or
``overdue``: it is past due."""
AmountBound = Annotated[int | None, Query(ge=-2_000_000_000, le=2_000_000_000, description="Cents")]


@dataclass(frozen=True, slots=True)
class InvoiceFilters:
    """``q`` is in the number, or its words in names of the family; both ends of ranges are included.

    ``period`` is a month, "2026-03". What is below zero is found as ``credit_note``, by no other kind.
    """

    q: Annotated[Line, Query(max_length=100)] = ""
    status: StatusFilter | None = None
    kind: Kind | None = None
    regie_id: UUID | None = None
    family_id: UUID | None = None
    period: Annotated[str | None, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")] = None
    due_from: date | None = None
    due_to: date | None = None
    min_cents: AmountBound = None
    max_cents: AmountBound = None
