"""Tariffs over HTTP."""

import datetime
from datetime import date, time
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from preau.billing.tariffs.conditions import Code
from preau.billing.tariffs.definition import TariffDefinition
from preau.billing.tariffs.facts import Booked, Regularity
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Line


class TariffIn(RequestModel):
    """A tariff of an activity from a day on; it supersedes one stated for the same day."""

    activity_id: UUID
    effective_from: date
    definition: TariffDefinition


class TariffOut(ResponseModel):
    """``version`` counts what was stated for the same activity and day."""

    tariff_id: UUID
    activity_id: UUID
    effective_from: date
    definition: TariffDefinition
    created_at: datetime.datetime
    version: int


class QuotedFacts(RequestModel):
    """An act to try a tariff on. ``quotient`` in euros; ``rank`` 1 is the eldest; times are civil.

    ``share_percent`` is how much of the price an absence leaves due, ``payer_percent`` how much of the day
    the family pays by the child's custody.
    """

    date: datetime.date | None = Field(default=None, description="The day, for a stored tariff")
    quotient: Decimal | None = Field(default=None, ge=0, le=1_000_000, decimal_places=2)
    residency: Code = "resident"
    category: Code = "elementary"
    rank: int = Field(default=1, ge=1, le=100)
    children: int | None = Field(default=None, ge=1, le=100, description="At least the rank")
    variant: Annotated[Line, Field(max_length=40)] = ""
    regularity: Regularity = "regular"
    booked: Booked = "planned"
    present: bool | None = None
    arrived: time | None = None
    left: time | None = None
    units: int = Field(default=1, ge=0, le=1000)
    also_booked: list[UUID] = Field(default_factory=list[UUID], max_length=50)
    first_of_month: bool = True
    share_percent: int = Field(default=100, ge=0, le=100)
    payer_percent: int = Field(default=100, ge=1, le=100)


class TariffQuoteIn(RequestModel):
    """A draft's ``definition``, or the activity whose stored tariff counts on each act's date."""

    definition: TariffDefinition | None = None
    activity_id: UUID | None = None
    facts: list[QuotedFacts] = Field(min_length=1, max_length=200)


class SupplementOut(ResponseModel):
    """A line beside the price; ``once`` says how often it is asked: each act, or once a day or month."""

    label: str
    once: str
    quantity: int
    unit_cents: int
    amount_cents: int


class ComponentOut(ResponseModel):
    code: str
    label: str
    amount_cents: int


class QuotedPrice(ResponseModel):
    """What one act costs. ``amount_cents`` is ``quantity`` × ``unit_cents``; ``total_cents`` has the
    supplements. ``row`` is the place of the row that held; null for all that no tariff prices."""

    quantity: int
    unit_cents: int | None
    amount_cents: int | None
    total_cents: int | None
    steps: list[str]
    row: int | None
    row_label: str
    supplements: list[SupplementOut]
    components: list[ComponentOut]
    quotient_is_missing: bool


class TariffQuoteOut(ResponseModel):
    """The price of each act, in the order asked."""

    items: list[QuotedPrice]
