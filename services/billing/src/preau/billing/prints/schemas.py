"""Prints over HTTP."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from preau.billing.prints.lifecycle import Status
from preau.common.http.schemas import RequestModel, ResponseModel

DeliveryFilter = Literal["paper", "mail", "all"]
"""Those that reach their families on paper, by mail, or all."""
Period = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
"""A month, "2026-03"."""
Which = Literal["all", "open", "overdue"]


Document = Literal["invoices", "reminders"]


class PrintIn(RequestModel):
    """Which invoices to print: of a run, or those that a régie, a month, what is due leave.

    Or the reminder letters that wait to be sent, of a régie or all: the rest does not count then.
    """

    document: Document = "invoices"
    run_id: UUID | None = None
    regie_id: UUID | None = None
    period: Period | None = None
    which: Which = "all"
    delivery: DeliveryFilter = "paper"


class PrintCountsOut(ResponseModel):
    """How many invoices reach their families on paper, and how many by mail."""

    paper: int
    mail: int


class PrintOut(ResponseModel):
    """A print: ``rendered`` of ``invoices`` are done, and the file can be had once it is ready.

    Of reminders these count the letters.
    """

    print_id: UUID
    status: Status
    about: PrintIn
    invoices: int
    rendered: int
    size: int | None
    created_at: datetime
    ready_at: datetime | None
