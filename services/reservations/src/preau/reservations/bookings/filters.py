"""What agents filter bookings by."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Query

from preau.common.http.texts import Line
from preau.contracts.reservations import BookingStatus
from preau.reservations.fields import Day


@dataclass(frozen=True, slots=True)
class BookingFilters:
    """The words of ``q`` are in the child's or the family's name; both ends of the days are included."""

    q: Annotated[Line, Query(max_length=100)] = ""
    status: BookingStatus | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    activity_id: UUID | None = None
    family_id: UUID | None = None
    child_id: UUID | None = None
