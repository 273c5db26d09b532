"""Attendance over HTTP."""

from uuid import UUID

from pydantic import AwareDatetime, Field

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.contracts.reservations import BookingStatus


class MarkIn(RequestModel):
    """A child was there, or was not; ``units`` counts in the activity's unit.

    ``seen_version``: the version of the booking that the agent saw; 409 if it is marked otherwise since.
    """

    booking_id: UUID
    present: bool
    justified: bool = False
    units: int = Field(default=1, ge=0, le=96)
    arrived_at: AwareDatetime | None = None
    left_at: AwareDatetime | None = None
    seen_version: int | None = Field(default=None, ge=1)


class MarksIn(RequestModel):
    """The marks of a list; a later one of the same booking replaces the former."""

    marks: list[MarkIn] = Field(min_length=1, max_length=500)


class ListedChildOut(ResponseModel):
    """A child on the list of the day."""

    booking_id: UUID
    family_id: UUID
    child_id: UUID
    child: str
    activity_id: UUID
    activity_label: str
    class_name: str
    level: str
    diet: str
    status: BookingStatus
    version: int
    justified: bool | None
    units: int | None


class NotMarkedOut(ResponseModel):
    """A booking that was not to be marked, and the status that it is in."""

    booking_id: UUID
    child: str
    status: BookingStatus


class MarkedOut(ResponseModel):
    """The bookings named, as they are now; ``not_marked`` are those that were left as they are."""

    items: list[ListedChildOut]
    not_marked: list[NotMarkedOut]


class ListOut(ResponseModel):
    """The list of a day."""

    items: list[ListedChildOut]
    next_cursor: str | None = None
