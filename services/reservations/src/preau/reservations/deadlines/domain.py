"""What an agent may declare as a deadline: data, checked when it is entered.

A deadline is the first instant at which it is too late. ``at`` is a civil time "HH:MM" of the commune;
"24:00" is the end of the day. :mod:`preau.reservations.deadlines.cut_offs` computes the instants.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from preau.common.http.texts import Shaped
from preau.reservations.fields import Day

CivilTime = Annotated[
    str, Shaped(r"([01]\d|2[0-3]):[0-5]\d|24:00", "Écrivez une heure de 00:00 à 24:00, par exemple 09:30.")
]
Weekday = Annotated[int, Field(ge=0, le=6, description="0 is Monday")]
DayType = Literal["calendar", "working", "clear", "service", "school"]
Skipped = Literal["public_holidays", "school_holidays", "closures"]
"""Days that do not count, whatever else does; closures are those of all sites."""
OnHoliday = Literal["keep", "roll_back"]
"""When the cut-off falls on such a day: keep it, or roll back to the last day that is none."""


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OpensDays(_Declared):
    """From a time of the day so many days before."""

    kind: Literal["days_before"] = "days_before"
    days: int = Field(ge=0, le=400)
    at: CivilTime = "00:00"


class OpensWeekday(_Declared):
    """From a weekday of the n-th week before, at a time: "two weeks before, Monday 8:30"."""

    kind: Literal["weekday_before"] = "weekday_before"
    weekday: Weekday
    weeks: int = Field(default=1, ge=0, le=52)
    at: CivilTime = "00:00"


class OpensOn(_Declared):
    """From a day on, at a time: for all days of service."""

    kind: Literal["on"] = "on"
    day: Day
    at: CivilTime = "00:00"


Opening = Annotated[OpensDays | OpensWeekday | OpensOn, Field(discriminator="kind")]
"""The instant from which one may act."""


class _Rule(_Declared):
    """What each kind may state besides: from when on one may act (None: always)."""

    opens: Opening | None = None


class _Rolled(_Rule):
    """A deadline whose last day may fall on one that is not worked.

    ``on_holiday`` is for public holidays, and for weekends too unless ``on_weekend`` says otherwise.
    """

    on_holiday: OnHoliday = "keep"
    on_weekend: OnHoliday | None = None
    on_school_holiday: OnHoliday = "keep"


class NoDeadline(_Rule):
    """Until the day itself is over."""

    kind: Literal["none"] = "none"


class Never(_Rule):
    """Not at all."""

    kind: Literal["never"] = "never"


class SameDay(_Rule):
    """Until a time of the day itself."""

    kind: Literal["same_day"] = "same_day"
    at: CivilTime


class HoursBefore(_Rule):
    """So many hours of civil time before the activity starts."""

    kind: Literal["hours_before"] = "hours_before"
    hours: int = Field(ge=0, le=24 * 90)
    starts_at: CivilTime = "00:00"


class DaysBefore(_Rolled):
    """So many days before, at a time.

    ``day_type`` says which days count: each; *jours ouvrés*; *jours francs* (as many whole days lie between
    the last day to act and the day itself); days on which the activity takes place; school days.
    ``skip_weekdays`` and ``skip`` never count.
    """

    kind: Literal["days_before"] = "days_before"
    days: int = Field(ge=0, le=120)
    at: CivilTime = "24:00"
    day_type: DayType = "calendar"
    skip_weekdays: tuple[Weekday, ...] = Field(default=(), max_length=6)
    skip: tuple[Skipped, ...] = Field(default=(), max_length=3)


class WeekdayBefore(_Rolled):
    """A weekday of the week before (or of an earlier one), at a time.

    With ``week_type`` "school", weeks without any school day do not count.
    """

    kind: Literal["weekday_before"] = "weekday_before"
    weekday: Weekday
    at: CivilTime = "24:00"
    weeks: int = Field(default=1, ge=0, le=12)
    week_type: Literal["calendar", "school"] = "calendar"


class BatchLine(_Declared):
    """The days of service that close together, on the last ``weekday`` before them.

    ``weeks`` counts back: 1 is that one, 2 the one a week before it.
    """

    service_weekdays: tuple[Weekday, ...] = Field(min_length=1, max_length=7)
    weekday: Weekday
    at: CivilTime = "24:00"
    weeks: int = Field(default=1, ge=1, le=12)


class Batch(_Rolled):
    """A table: "Monday and Tuesday by Friday 9:00, Thursday and Friday by Tuesday 9:00"."""

    kind: Literal["batch"] = "batch"
    lines: tuple[BatchLine, ...] = Field(min_length=1, max_length=7)

    @model_validator(mode="after")
    def _each_weekday_once(self) -> Self:
        named = [weekday for line in self.lines for weekday in line.service_weekdays]
        if len(named) != len(set(named)):
            raise ValueError("Un jour de la semaine figure dans deux lignes.")
        return self


class MonthBefore(_Rolled):
    """A day of the month before (its last day when the month is shorter)."""

    kind: Literal["month_before"] = "month_before"
    day: int = Field(ge=1, le=31)
    at: CivilTime = "24:00"
    months: int = Field(default=1, ge=0, le=12)


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


class Windows(_Rule):
    """Windows by dates, such as one for each of the school holidays; other days are not open."""

    kind: Literal["windows"] = "windows"
    windows: tuple[Window, ...] = Field(min_length=1, max_length=60)


class HolidayWindow(_Rule):
    """The days within school holidays, all of one holiday together; other days are not open.

    They are open from ``opens_days`` before the first day of the holiday (None: always) until the end of
    ``at`` ``closes_days`` before it; a number below zero is a day after it began.
    """

    kind: Literal["holiday_window"] = "holiday_window"
    opens_days: int | None = Field(default=None, ge=-60, le=365)
    closes_days: int = Field(ge=-60, le=365)
    at: CivilTime = "24:00"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens_days is not None and self.opens_days < self.closes_days:
            raise ValueError("L’ouverture suit la clôture.")
        return self


Deadline = Annotated[
    NoDeadline
    | Never
    | SameDay
    | HoursBefore
    | DaysBefore
    | WeekdayBefore
    | Batch
    | MonthBefore
    | Windows
    | HolidayWindow,
    Field(discriminator="kind"),
]

_LATER: dict[str, object] = {"opens": None, "on_weekend": None, "on_school_holiday": "keep", "skip": []}
"""What came to declarations later, and what it is where nothing is said."""


def stored(deadline: Deadline) -> dict[str, Any]:
    """A declaration as it is kept: what came later is left out where it says nothing."""
    written = deadline.model_dump(mode="json")
    kept = {name: value for name, value in written.items() if name not in _LATER or value != _LATER[name]}
    if isinstance(deadline, Batch):
        kept["lines"] = [
            {name: value for name, value in line.items() if (name, value) != ("weeks", 1)}
            for line in written["lines"]
        ]
    return kept
