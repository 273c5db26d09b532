"""Closures over HTTP."""

import datetime as dt
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.reservations.calendars.published import EntryKind
from preau.reservations.closures.repository import ClosureRecord
from preau.reservations.fields import Day, Label


class ClosureIn(RequestModel):
    """Days, both included, closed for a site or (without one) for all.

    The other kinds hold for the whole commune: a ``day_off`` is neither worked nor served;
    ``school_holidays`` are added where nobody publishes them (Corsica, overseas) or where they moved; class
    is held (``class_held``) on days that are published as holidays.
    """

    site_id: UUID | None = None
    kind: EntryKind = "closure"
    first_day: Day = Field(alias="from")
    last_day: Day = Field(alias="to")
    label: Label

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("La fin précède le début.")
        if (self.last_day - self.first_day).days > 366:
            raise ValueError("Une période dure un an au plus.")
        if self.kind != "closure" and self.site_id is not None:
            raise ValueError("Ces jours valent pour toute la commune : ne choisissez pas de site.")
        return self


class ClosureOut(ResponseModel):
    """Days that agents entered.

    A closure frees ``bookings`` of so many ``families``: until it ``is_applied``, as counted beforehand.
    """

    closure_id: UUID
    site_id: UUID | None
    kind: EntryKind
    first_day: dt.date = Field(serialization_alias="from")
    last_day: dt.date = Field(serialization_alias="to")
    label: str
    bookings: int = 0
    families: int = 0
    is_applied: bool = True

    @classmethod
    def of(cls, record: ClosureRecord) -> Self:
        """A closure as the database has it."""
        out = cls.model_validate(record.row)
        if record.application is None:
            return out
        return out.model_copy(
            update={
                "bookings": record.application.bookings,
                "families": record.application.families,
                "is_applied": record.application.applied_at is not None,
            }
        )


class ConcernedOut(ResponseModel):
    """What a closure would free, and of how many families; bookings ``marked`` already stay as they are."""

    bookings: int
    families: int
    marked: int


class ClosuresOut(ResponseModel):
    """The closures from today on.

    ``school_holidays_are_published`` is false where agents have to enter them.
    """

    items: list[ClosureOut]
    next_cursor: str | None = None
    school_zone: str
    school_holidays_are_published: bool
