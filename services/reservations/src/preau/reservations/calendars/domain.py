"""Which day is what in one commune: holidays, school days, closures."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from preau.reservations.calendars.civil import local_date

SATURDAY = 5
SCHOOL_WEEKDAYS = frozenset({0, 1, 3, 4})
"""The four-day week, which most communes keep (décret n° 2017-1108)."""
CLASS_WEEKDAYS = range(SATURDAY + 1)
"""The weekdays on which there may be class: some communes keep Wednesday, a few Saturday."""


@dataclass(frozen=True, slots=True)
class Closure:
    """Days, both included, on which one site (or each, when ``site_id`` is None) is closed."""

    first_day: date
    last_day: date
    label: str
    site_id: UUID | None = None

    def covers(self, day: date, site_id: UUID | None) -> bool:
        """Whether ``day`` is closed for ``site_id``."""
        return self.first_day <= day <= self.last_day and self.site_id in (None, site_id)

    @property
    def reason(self) -> str:
        """Why nothing is served, to a family."""
        return f"Fermeture : {self.label}."


@dataclass(frozen=True, slots=True)
class CommuneCalendar:
    """The days of a commune: what the ministry publishes for its zone and what its agents entered."""

    zone: ZoneInfo
    public_holidays: Mapping[date, str] = field(default_factory=dict[date, str])
    school_holidays: Mapping[date, str] = field(default_factory=dict[date, str])
    closures: tuple[Closure, ...] = ()
    class_weekdays: frozenset[int] = SCHOOL_WEEKDAYS

    def with_class_on(self, weekdays: frozenset[int]) -> "CommuneCalendar":
        """The calendar of a site that has class on these weekdays (0 is Monday)."""
        return self if weekdays == self.class_weekdays else replace(self, class_weekdays=weekdays)

    def public_holiday(self, day: date) -> str | None:
        """The name of the public holiday on ``day``."""
        return self.public_holidays.get(day)

    def school_holiday(self, day: date) -> str | None:
        """The name of the school holidays that ``day`` is in."""
        return self.school_holidays.get(day)

    def closure(self, day: date, site_id: UUID | None) -> Closure | None:
        """What closes ``site_id`` on ``day``."""
        return next((closure for closure in self.closures if closure.covers(day, site_id)), None)

    def is_working_day(self, day: date) -> bool:
        """A *jour ouvré*: Monday to Friday, not a public holiday."""
        return day.weekday() < SATURDAY and day not in self.public_holidays

    def is_school_day(self, day: date) -> bool:
        """A day with school: of the weekdays that have class, no holiday of any kind."""
        return (
            day.weekday() in self.class_weekdays
            and day not in self.public_holidays
            and day not in self.school_holidays
        )

    def today(self, now: datetime) -> date:
        """The civil date in this commune at the instant ``now``."""
        return local_date(now, self.zone)
