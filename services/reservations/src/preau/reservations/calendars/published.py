"""The holidays that the State publishes, from the ``holidays`` library.

Its school holidays cover the zones A, B and C; for Corsica and overseas it answers with nothing and says
nothing, and so it does for years not yet published: agents enter these (see ``Closure`` of the kind
``school_holidays``), and :func:`school_holidays_are_published` tells whether they have to.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays

SCHOOL_ZONES = frozenset({"A", "B", "C"})
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
    """The days of school holidays within ``year`` in the zone A, B or C; empty elsewhere."""
    if zone not in SCHOOL_ZONES:
        return MappingProxyType({})
    days = holidays.France(years=year, subdiv=f"Zone {zone}", categories=("school",), language="fr")
    return MappingProxyType(dict(days))


def school_holidays_are_published(zone: str, year: int) -> bool:
    """Whether the library knows the school holidays of ``zone`` in ``year``."""
    return bool(school_holidays(zone, year))


def merged(years: range, zone: str, *, school: bool) -> dict[date, str]:
    """The holidays of several years in one mapping."""
    source = school_holidays if school else public_holidays
    days: dict[date, str] = {}
    for year in years:
        days.update(source(zone, year))
    return days
