"""The holidays that the State publishes, from the ``holidays`` library.

Its school holidays cover the zones A, B and C. For Corsica and overseas it answers with nothing and says
nothing; for years that the ministry has not published it answers with a guess and says nothing either: it is
left out here. Agents enter both (see ``Closure`` of the kind ``school_holidays``), and
:func:`school_holidays_are_published` tells whether they have to.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import holidays

from preau.reservations.calendars.domain import Closure, CommuneCalendar

_SCHOOL_ZONES = {"A": "A", "B": "B", "C": "C", "alsace": "B", "moselle": "B"}
"""Whose school holidays a zone keeps: Strasbourg and Nancy-Metz are of the zone B."""
PUBLISHED_UNTIL = date(2027, 8, 31)
"""The last day of the last school year that is published (arrêté du 22 octobre 2025)."""
_PUBLIC_SUBDIVISIONS = {
    "guadeloupe": "971",
    "martinique": "972",
    "guyane": "973",
    "reunion": "974",
    "mayotte": "976",
    "alsace": "6AE",
    "moselle": "57",
    "nouvelle-caledonie": "NC",
    "polynesie": "PF",
    "saint-pierre-et-miquelon": "PM",
    "wallis-et-futuna": "WF",
}


@lru_cache(maxsize=256)
def public_holidays(zone: str, year: int) -> Mapping[date, str]:
    """The public holidays of ``year`` where the school zone is ``zone`` ("A", …, "reunion", …)."""
    subdivision = _PUBLIC_SUBDIVISIONS.get(zone.casefold())
    return MappingProxyType(dict(holidays.France(years=year, subdiv=subdivision, language="fr")))


@lru_cache(maxsize=256)
def school_holidays(zone: str, year: int) -> Mapping[date, str]:
    """The days of school holidays published for ``zone`` within ``year``; empty where nobody does."""
    if zone not in _SCHOOL_ZONES or year > PUBLISHED_UNTIL.year:
        return MappingProxyType({})
    subdivision = f"Zone {_SCHOOL_ZONES[zone]}"
    days = holidays.France(years=year, subdiv=subdivision, categories=("school",), language="fr")
    return MappingProxyType({day: name for day, name in days.items() if day <= PUBLISHED_UNTIL})


def school_holidays_are_published(zone: str, day: date) -> bool:
    """Whether the school holidays around ``day`` are published for ``zone``."""
    return zone in _SCHOOL_ZONES and day <= PUBLISHED_UNTIL


EntryKind = Literal["closure", "day_off", "school_holidays", "class_held"]
"""What agents enter.

``closure`` of a site or all; ``day_off``, on which nobody works: as a public holiday, and closed;
``school_holidays`` that nobody publishes, or that moved; ``class_held`` in holidays that are published.
"""
CLOSING: frozenset[EntryKind] = frozenset({"closure", "day_off"})
"""The kinds that close their days."""


class Entry(NamedTuple):
    """Days, both included, that agents entered."""

    kind: EntryKind
    first_day: date
    last_day: date
    label: str
    site_id: UUID | None

    def days(self) -> list[date]:
        """Each of them."""
        return [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]


def commune_calendar(
    entries: Sequence[Entry], first_year: int, last_year: int, *, time_zone: str, school_zone: str
) -> CommuneCalendar:
    """What is published and what agents entered, from the year before ``first_year`` to ``last_year``."""
    years = range(first_year - 1, last_year + 1)
    public, school = (merged(years, school_zone, school=each) for each in (False, True))
    for entry in entries:
        match entry.kind:
            case "school_holidays":
                school.update(dict.fromkeys(entry.days(), entry.label))
            case "day_off":
                public.update(dict.fromkeys(entry.days(), entry.label))
            case _:
                pass
    for entry in entries:
        if entry.kind == "class_held":
            for day in entry.days():
                school.pop(day, None)
    return CommuneCalendar(
        ZoneInfo(time_zone),
        public,
        school,
        tuple(
            Closure(entry.first_day, entry.last_day, entry.label, entry.site_id)
            for entry in entries
            if entry.kind in CLOSING
        ),
    )


def merged(years: range, zone: str, *, school: bool) -> dict[date, str]:
    """The holidays of several years in one mapping."""
    source = school_holidays if school else public_holidays
    days: dict[date, str] = {}
    for year in years:
        days.update(source(zone, year))
    return days
