"""Baskets over HTTP."""

import datetime as dt
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.contracts.reservations import PaymentMode
from preau.reservations.basket.domain import AskedAction
from preau.reservations.bookings.domain import Action
from preau.reservations.deadlines.domain import Weekday
from preau.reservations.fields import Day
from preau.reservations.rules.schemas import RefusalOut


class AskedLineIn(RequestModel):
    """A day to book or to cancel; ``toggle`` takes whatever the day offers, or the line out again.

    ``remove`` takes the line out, whether it is still there or not.
    """

    child_id: UUID
    activity_id: UUID
    date: Day
    action: AskedAction = "toggle"


class LinesIn(RequestModel):
    """Lines to add."""

    lines: list[AskedLineIn] = Field(min_length=1, max_length=500)


class PeriodIn(RequestModel):
    """The same weekdays over a period, for several children and activities; both ends are included."""

    site_id: UUID
    child_ids: list[UUID] = Field(min_length=1, max_length=20)
    activity_ids: list[UUID] = Field(min_length=1, max_length=20)
    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    weekdays: list[Weekday] = Field(min_length=1, max_length=7)
    action: AskedAction = "book"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 <= (self.last - self.first).days <= 366:
            raise ValueError("La période va d’un jour à un an.")
        return self


class LineOut(ResponseModel):
    """A line; ``problem`` is why it would be refused if the basket were validated now."""

    line_id: UUID
    child_id: UUID
    child_name: str
    site_id: UUID
    site_label: str
    activity_id: UUID
    activity_label: str
    date: dt.date
    action: Action
    payment_mode: PaymentMode
    booking_id: UUID | None
    problem: RefusalOut | None


class GroupOut(ResponseModel):
    """The lines of one child in a few words."""

    child_id: UUID
    child_name: str
    summary: str


class FamilyChildOut(ResponseModel):
    """A child for whom the family may book."""

    child_id: UUID
    first_name: str


class BasketOut(ResponseModel):
    """A basket as it stands; ``restorable`` lines were in it when it was emptied and can come back.

    ``children`` are all those of the family, the eldest first.
    """

    basket_id: UUID
    children: list[FamilyChildOut]
    lines: list[LineOut]
    groups: list[GroupOut]
    restorable: int


class RefusedLineOut(ResponseModel):
    """A line that was not added."""

    child_id: UUID
    activity_id: UUID
    date: dt.date
    refusal: RefusalOut


class AddedOut(ResponseModel):
    """The basket after adding, and what a rule refused."""

    basket: BasketOut
    refused: list[RefusedLineOut]
