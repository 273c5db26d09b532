"""What the library knows, and where agents have to enter the school holidays."""

from datetime import date

import pytest

from preau.reservations.calendars.published import (
    merged,
    public_holidays,
    school_holidays,
    school_holidays_are_published,
)


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    # arrêté du 22 octobre 2025, calendrier 2026-2027
    [
        ("A", date(2027, 2, 13), date(2027, 2, 28)),
        ("B", date(2027, 2, 20), date(2027, 3, 7)),
        ("C", date(2027, 2, 6), date(2027, 2, 21)),
    ],
)
def test_winter_holidays_by_zone(zone, first, last):
    days = sorted(day for day, name in school_holidays(zone, 2027).items() if "hiver" in name)
    assert (days[0], days[-1]) == (first, last)


@pytest.mark.parametrize("zone", ["corse", "guadeloupe", "reunion", "mayotte", ""])
def test_nobody_publishes_the_school_holidays_of_corsica_and_overseas(zone):
    assert not school_holidays_are_published(zone, 2026)


def test_public_holidays_of_the_place():
    assert date(2026, 12, 20) in public_holidays("reunion", 2026)
    assert date(2026, 12, 20) not in public_holidays("A", 2026)
    assert date(2026, 12, 26) in public_holidays("alsace", 2026)


def test_years_are_merged():
    days = merged(range(2026, 2028), "A", school=False)
    assert date(2026, 7, 14) in days and date(2027, 7, 14) in days
