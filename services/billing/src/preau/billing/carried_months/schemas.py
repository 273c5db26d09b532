"""Carried months over HTTP. Money in cents."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from preau.billing.carried_months.repository import Carried
from preau.billing.tariffs.months import periods_from
from preau.common.http.pages import Page
from preau.common.http.schemas import ResponseModel


class CarriedMonthOut(ResponseModel):
    """What a family owed a régie of ``periods``, all of them before its next month's end, in their order.

    ``amount_cents`` is what it was when it was carried: what changes since counts when it is billed.
    """

    carried_id: UUID
    family_id: UUID
    family_label: str
    regie_id: UUID
    regie_label: str
    periods: list[str]
    amount_cents: int
    run_id: UUID
    carried_at: datetime


class CarriedMonthsOut(Page[CarriedMonthOut]):
    """A page of them; ``families`` and ``total_cents`` count all that the filters let through."""

    families: int = Field(ge=0)
    total_cents: int


def carried_out(found: Carried) -> CarriedMonthOut:
    month = found.month
    return CarriedMonthOut(
        carried_id=month.carried_id,
        family_id=month.family_id,
        family_label=found.family_label,
        regie_id=month.regie_id,
        regie_label=found.regie_label,
        periods=periods_from(month.first_day, month.period),
        amount_cents=month.amount_cents,
        run_id=month.run_id,
        carried_at=month.carried_at,
    )
