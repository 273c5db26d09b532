"""Sites over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.contracts.reservations import PaymentMode
from preau.reservations.calendars.domain import CLASS_WEEKDAYS, SCHOOL_WEEKDAYS
from preau.reservations.deadlines.domain import Weekday
from preau.reservations.fields import Label

SiteStatus = Literal["active", "closed"]


def _in_order(days: list[int]) -> list[int]:
    if set(days) - set(CLASS_WEEKDAYS):
        raise ValueError("Il n’y a pas classe le dimanche.")
    return sorted(set(days))


ClassWeekdays = Annotated[list[Weekday], Field(min_length=1, max_length=7), AfterValidator(_in_order)]
"""The weekdays that have class; 0 is Monday, never Sunday."""


class OfferedActivityOut(ResponseModel):
    """An activity that a parent may choose at a site."""

    activity_id: UUID
    label: str
    unit: str
    payment_mode: PaymentMode
    decision: Literal["auto", "agent"]


class OfferedSiteOut(ResponseModel):
    """A site with what it offers."""

    site_id: UUID
    label: str
    activities: list[OfferedActivityOut]


class OfferOut(ResponseModel):
    """What the commune offers."""

    items: list[OfferedSiteOut]
    next_cursor: str | None = None


class SiteIn(RequestModel):
    """A new site."""

    label: Label
    class_weekdays: ClassWeekdays = Field(default_factory=lambda: sorted(SCHOOL_WEEKDAYS))


class SitePatch(RequestModel):
    """What changes of a site."""

    label: Label | None = None
    status: SiteStatus | None = None
    class_weekdays: ClassWeekdays | None = None


class SiteOut(ResponseModel):
    """A site as agents see it."""

    site_id: UUID
    label: str
    status: SiteStatus
    class_weekdays: list[int]
    version: int


class SitesOut(ResponseModel):
    """The sites of the commune."""

    items: list[SiteOut]
    next_cursor: str | None = None
