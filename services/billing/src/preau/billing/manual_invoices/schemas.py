"""Lines by hand over HTTP. Money in cents."""

from datetime import date
from uuid import UUID

from pydantic import Field

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Line


class ManualLineIn(RequestModel):
    """``quantity`` × ``unit_cents``, below zero for a credit. ``label`` may be left out with an activity."""

    child_id: UUID | None = None
    activity_id: UUID | None = None
    label: Line = Field(default="", max_length=120)
    day: date
    quantity: int = Field(ge=1, le=1000)
    unit_cents: int = Field(ge=-10_000_000, le=10_000_000)


class ManualInvoiceIn(RequestModel):
    """An invoice by hand, an avoir when it comes to less than zero. The family reads the reason."""

    regie_id: UUID
    reason: Line = Field(min_length=3, max_length=300)
    lines: list[ManualLineIn] = Field(min_length=1, max_length=50)


class ManualLineOut(ResponseModel):
    """A line as it would be printed."""

    child_name: str
    label: str
    day: date
    quantity: int
    unit_cents: int
    amount_cents: int


class ManualPreviewOut(ResponseModel):
    """The document as it would be issued now.

    ``set_off_cents`` of the family's credit would pay of it; below zero, ``to_credit_cents`` would be owed to
    the family once ``pays_cents`` have paid what it owes.
    """

    regie_label: str
    total_cents: int
    set_off_cents: int
    pays_cents: int
    to_credit_cents: int
    due_cents: int
    due_date: date
    lines: list[ManualLineOut]
