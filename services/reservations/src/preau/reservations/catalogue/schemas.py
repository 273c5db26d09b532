"""Activities over HTTP."""

import datetime as dt
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator, model_validator

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.contracts.reservations import PaymentMode, PriceComponent
from preau.reservations.catalogue.domain import (
    NO_DEADLINE,
    ActivityStatus,
    Decision,
    Level,
    OpenIn,
    Unit,
)
from preau.reservations.catalogue.repository import Listed
from preau.reservations.deadlines import checks
from preau.reservations.deadlines.domain import Deadline, Weekday, stored
from preau.reservations.fields import Day, Label

Capacity = Annotated[int, Field(ge=0, le=100_000)]
HoldSeconds = Annotated[int, Field(ge=5, le=86_400)]
Weekdays = Annotated[list[Weekday], Field(min_length=1, max_length=7)]


class ComponentIn(RequestModel):
    """A part of the price, as ``PriceComponent`` publishes it."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,40}$")]
    label: Label
    tax_deductible: bool = False


class ActivityIn(RequestModel):
    """A new activity. ``weekdays`` hold in school time, ``holiday_weekdays`` (if any) in the holidays."""

    site_id: UUID
    label: Label
    regie_id: UUID
    unit: Unit = "unit"
    payment_mode: PaymentMode = "month_end"
    decision: Decision = "auto"
    cancellation_decision: Decision = "auto"
    weekdays: Weekdays = Field(default_factory=lambda: [0, 1, 3, 4])
    holiday_weekdays: Weekdays | None = None
    opens_on: Day | None = None
    closes_on: Day | None = None
    open_in_holidays: OpenIn = "school"
    default_capacity: Capacity
    hold_seconds: HoldSeconds = 900
    levels: list[Level] = Field(default_factory=list[Level], max_length=3)
    booking_deadline: Deadline = NO_DEADLINE
    cancellation_deadline: Deadline = NO_DEADLINE
    components: list[ComponentIn] = Field(default_factory=list[ComponentIn], max_length=10)

    @field_validator("booking_deadline", "cancellation_deadline")
    @classmethod
    def _makes_sense(cls, deadline: Deadline, info: ValidationInfo) -> Deadline:
        weekdays = {*info.data.get("weekdays", ()), *(info.data.get("holiday_weekdays") or ())}
        if info.field_name == "cancellation_deadline" and deadline.opens is not None:
            raise ValueError("Une annulation n’attend pas d’ouverture : elle se fait dès la réservation.")
        if wrong := checks.fault(deadline, weekdays):
            raise ValueError(wrong)
        return deadline

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            raise ValueError("La fin de la saison précède son début.")
        if self.payment_mode == "prepaid" and self.decision == "agent":
            raise ValueError("Une prestation payée d’avance ne peut pas attendre la décision d’un agent.")
        return self


class ActivityPatch(RequestModel):
    """What changes of an activity; a field that is not sent stays."""

    site_id: UUID | None = None
    label: Label | None = None
    regie_id: UUID | None = None
    unit: Unit | None = None
    payment_mode: PaymentMode | None = None
    decision: Decision | None = None
    cancellation_decision: Decision | None = None
    weekdays: Weekdays | None = None
    holiday_weekdays: Weekdays | None = None
    opens_on: Day | None = None
    closes_on: Day | None = None
    open_in_holidays: OpenIn | None = None
    default_capacity: Capacity | None = None
    hold_seconds: HoldSeconds | None = None
    levels: list[Level] | None = Field(default=None, max_length=3)
    booking_deadline: Deadline | None = None
    cancellation_deadline: Deadline | None = None
    components: list[ComponentIn] | None = Field(default=None, max_length=10)
    status: ActivityStatus | None = None


NULLABLE = frozenset({"holiday_weekdays", "opens_on", "closes_on"})
"""The fields of a patch that ``null`` empties; for the others it means that they stay."""


def columns(body: ActivityIn | ActivityPatch) -> dict[str, Any]:
    """The body as the table keeps it: deadlines and components as JSON."""
    written = body.model_dump(mode="json", include={"components"})
    stated = {"booking_deadline": body.booking_deadline, "cancellation_deadline": body.cancellation_deadline}
    deadlines = {name: None if each is None else stored(each) for name, each in stated.items()}
    return body.model_dump() | written | deadlines


class ActivityOut(ResponseModel):
    """An activity as agents see it; days before ``tariffed_from`` have no tariff, without it none has."""

    activity_id: UUID
    version: int
    site_id: UUID
    label: str
    regie_id: UUID
    unit: Unit
    payment_mode: PaymentMode
    decision: Decision
    cancellation_decision: Decision
    weekdays: list[int]
    holiday_weekdays: list[int] | None
    opens_on: dt.date | None
    closes_on: dt.date | None
    open_in_holidays: OpenIn
    default_capacity: int
    hold_seconds: int
    levels: list[Level]
    booking_deadline: Deadline
    cancellation_deadline: Deadline
    components: list[PriceComponent]
    status: ActivityStatus
    tariffed_from: dt.date | None = None

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """An activity as the database has it."""
        return cls.model_validate(listed.row).model_copy(update={"tariffed_from": listed.tariffed_from})


class ActivitiesOut(ResponseModel):
    """The activities of the commune by site and label."""

    items: list[ActivityOut]
    next_cursor: str | None = None


class DeadlinesOut(ResponseModel):
    """The cut-offs of one day of service: the first instants at which it is too late, null where it never is
    open; from when on it can be booked, if not always; and each in a sentence, in the commune's time."""

    date: dt.date
    booking_opens: dt.datetime | None
    booking_cut_off: dt.datetime | None
    booking_reason: str
    cancellation_cut_off: dt.datetime | None
    cancellation_reason: str


class ChangePreviewIn(RequestModel):
    """A change of an activity to look at, with the days whose cut-offs are wanted, 92 at most."""

    change: ActivityPatch
    first: Day
    last: Day


class DeadlinePreviewOut(ResponseModel):
    """The cut-offs of the days of service in a range; the time zone is the commune's."""

    time_zone: str
    items: list[DeadlinesOut]


class ChangePreviewOut(DeadlinePreviewOut):
    """The cut-offs as a change would make them, and the places already taken from today on."""

    places_taken: int
