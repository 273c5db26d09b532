"""Instalment plans over HTTP. Money in cents."""

from datetime import date
from uuid import UUID

from pydantic import Field

from preau.billing.invoices.instalments.domain import PlanStatus
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Line


class InstalmentIn(RequestModel):
    due_on: date
    cents: int = Field(gt=0, le=2_000_000_000)


class PlanIn(RequestModel):
    """The parts, each after the one before, in sum what is due. It replaces the plan that stands."""

    parts: list[InstalmentIn] = Field(min_length=2, max_length=24)
    reason: Line = Field(min_length=3, max_length=300)


class PlanCancellationIn(RequestModel):
    reason: Line = Field(min_length=3, max_length=300)


class InstalmentOut(ResponseModel):
    """A part; ``left_cents`` are still to be paid, and late once its day is over.

    ``is_paid``: the whole of it came in; what is written off or cancelled was not paid.
    """

    due_on: date
    cents: int
    left_cents: int
    is_late: bool
    is_paid: bool


class PlanOut(ResponseModel):
    """``next_part_cents`` can be paid online alone; null where the régie takes no parts."""

    invoice_id: UUID
    status: PlanStatus
    next_part_cents: int | None
    parts: list[InstalmentOut]


class PlansOut(ResponseModel):
    """The plan of an invoice; none where there never was one."""

    items: list[PlanOut]
