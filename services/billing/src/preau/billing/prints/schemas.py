"""Prints over HTTP."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from preau.billing.prints.lifecycle import Status
from preau.common.http.schemas import RequestModel, ResponseModel

Delivery = Literal["paper", "all"]
"""``paper``: of families whom no mail reaches, since nobody of them has an account; or all."""
Which = Literal["all", "open", "overdue"]


class PrintIn(RequestModel):
    """Which invoices to print: of a run, or those that a régie, a month, what is due leave."""

    run_id: UUID | None = None
    regie_id: UUID | None = None
    period: Annotated[str | None, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")] = None
    which: Which = "all"
    delivery: Delivery = "paper"


class PrintOut(ResponseModel):
    """A print: ``rendered`` of ``invoices`` are done, and the file can be had once it is ready."""

    print_id: UUID
    status: Status
    about: PrintIn
    invoices: int
    rendered: int
    size: int | None
    created_at: datetime
    ready_at: datetime | None
