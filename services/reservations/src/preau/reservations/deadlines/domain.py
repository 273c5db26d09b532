"""What an agent may declare as a deadline: data, checked when it is entered.

A deadline is the first instant at which it is too late. ``at`` is a civil time "HH:MM" of the commune;
"24:00" is the end of the day. :mod:`preau.reservations.deadlines.cut_offs` computes the instants.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from preau.common.http.texts import Shaped
from preau.reservations.fields import Day

CivilTime = Annotated[
    str, Shaped(r"([01]\d|2[0-3]):[0-5]\d|24:00", "Écrivez une heure de 00:00 à 24:00, par exemple 09:30.")
]
Weekday = Annotated[int, Field(ge=0, le=6, description="0 is Monday")]
DayType = Literal["calendar", "working", "clear", "service", "school"]
OnHoliday = Literal["keep", "roll_back"]
"""When the cut-off falls on a weekend or a public holiday: keep it, or roll back to the last working day."""


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoDeadline(_Declared):
    """Until the day itself is over."""

    kind: Literal["none"] = "none"


class SameDay(_Declared):
    """Until a time of the day itself."""

    kind: Literal["same_day"] = "same_day"
    at: CivilTime


class HoursBefore(_Declared):
    """So many hours of civil time before the activity starts."""

    kind: Literal["hours_before"] = "hours_before"
    hours: int = Field(ge=0, le=24 * 90)
    starts_at: CivilTime = "00:00"


class DaysBefore(_Declared):
    """So many days before, at a time.

    ``day_type`` says which days count: each; *jours ouvrés*; *jours francs* (as many whole days lie between
    the last day to act and the day itself); days on which the activity takes place; school days.
    ``skip_weekdays`` never count.
    """

    kind: Literal["days_before"] = "days_before"
    days: int = Field(ge=0, le=120)
    at: CivilTime = "24:00"
    day_type: DayType = "calendar"
    skip_weekdays: tuple[Weekday, ...] = Field(default=(), max_length=6)
    on_holiday: OnHoliday = "keep"


class WeekdayBefore(_Declared):
    """A weekday of the week before (or of an earlier one), at a time.

    With ``week_type`` "school", weeks without any school day do not count.
    """

    kind: Literal["weekday_before"] = "weekday_before"
    weekday: Weekday
    at: CivilTime = "24:00"
    weeks: int = Field(default=1, ge=0, le=12)
    week_type: Literal["calendar", "school"] = "calendar"
    on_holiday: OnHoliday = "keep"


class BatchLine(_Declared):
    """The days of service that close together, on the last ``weekday`` before them."""

    service_weekdays: tuple[Weekday, ...] = Field(min_length=1, max_length=7)
    weekday: Weekday
    at: CivilTime = "24:00"


class Batch(_Declared):
    """A table: "Monday and Tuesday by Friday 9:00, Thursday and Friday by Tuesday 9:00"."""

    kind: Literal["batch"] = "batch"
    lines: tuple[BatchLine, ...] = Field(min_length=1, max_length=7)
    on_holiday: OnHoliday = "keep"

    @model_validator(mode="after")
    def _each_weekday_once(self) -> Self:
        named = [weekday for line in self.lines for weekday in line.service_weekdays]
        if len(named) != len(set(named)):
            raise ValueError("Un jour de la semaine figure dans deux lignes.")
        return self


class MonthBefore(_Declared):
    """A day of the month before (its last day when the month is shorter)."""

    kind: Literal["month_before"] = "month_before"
    day: int = Field(ge=1, le=31)
    at: CivilTime = "24:00"
    months: int = Field(default=1, ge=0, le=12)
    on_holiday: OnHoliday = "keep"


class Window(_Declared):
    """Days of service that are open from ``opens_on`` (at 00:00) until ``closes_on`` at a time."""

    first_day: Day
    last_day: Day
    opens_on: Day | None = None
    closes_on: Day
    at: CivilTime = "24:00"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_day > self.last_day:
            raise ValueError("Le premier jour suit le dernier.")
        if self.opens_on is not None and self.opens_on > self.closes_on:
            raise ValueError("L’ouverture suit la clôture.")
        return self


class Windows(_Declared):
    """Windows by dates, such as one for each of the school holidays; other days are not open."""

    kind: Literal["windows"] = "windows"
    windows: tuple[Window, ...] = Field(min_length=1, max_length=60)


Deadline = Annotated[
    NoDeadline | SameDay | HoursBefore | DaysBefore | WeekdayBefore | Batch | MonthBefore | Windows,
    Field(discriminator="kind"),
]
