"""What the library knows, and where agents have to enter the school holidays."""

from datetime import date
from uuid import uuid4

import pytest

from preau.reservations.calendars.published import (
    Entry,
    commune_calendar,
    merged,
    public_holidays,
    school_holidays,
    school_holidays_are_published,
)
from preau.reservations.deadlines.cut_offs import cut_off
from preau.reservations.deadlines.domain import DaysBefore


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
    assert not school_holidays_are_published(zone, date(2026, 11, 26))
    assert not school_holidays(zone, 2026)


def test_public_holidays_of_the_place():
    assert date(2026, 12, 20) in public_holidays("reunion", 2026)
    assert date(2026, 12, 20) not in public_holidays("A", 2026)


@pytest.mark.parametrize("zone", ["alsace", "moselle"])
def test_alsace_and_moselle_have_two_days_more_and_the_school_holidays_of_the_zone_b(zone):
    good_friday, saint_stephen = date(2026, 4, 3), date(2026, 12, 26)
    assert {good_friday, saint_stephen} <= public_holidays(zone, 2026).keys()
    assert not {good_friday, saint_stephen} & public_holidays("B", 2026).keys()
    assert school_holidays(zone, 2026) == school_holidays("B", 2026) != school_holidays("A", 2026)


def test_years_that_the_ministry_has_not_published_are_not_guessed():
    assert school_holidays_are_published("A", date(2027, 8, 31))
    assert not school_holidays_are_published("A", date(2027, 9, 1))
    assert not school_holidays_are_published("A", date(2030, 2, 15))
    assert not school_holidays("A", 2030)
    assert max(school_holidays("A", 2027)) == date(2027, 8, 31)
    assert date(2030, 5, 1) in public_holidays("A", 2030)  # Public holidays follow from the law.


def test_years_are_merged():
    days = merged(range(2026, 2028), "A", school=False)
    assert date(2026, 7, 14) in days and date(2027, 7, 14) in days


def entered(*entries: Entry):
    return commune_calendar(entries, 2027, 2027, time_zone="Europe/Paris", school_zone="A")


def test_a_day_off_is_neither_worked_nor_served():
    """Good Friday of 2027, and Easter Monday after it: a working day before Tuesday is Thursday."""
    friday = date(2027, 3, 26)
    calendar = entered(Entry("day_off", friday, friday, "Vendredi saint", None))
    assert not calendar.is_working_day(friday) and calendar.public_holiday(friday) == "Vendredi saint"
    assert calendar.closure(friday, uuid4()) is not None
    declared = DaysBefore(days=1, at="09:00", day_type="working")
    limit = cut_off(declared, date(2027, 3, 30), calendar, lambda _: True)
    assert limit.astimezone(calendar.zone).isoformat()[:16] == "2027-03-25T09:00"


def test_class_may_be_held_in_published_holidays_and_holidays_may_move():
    monday, friday = date(2027, 2, 15), date(2027, 2, 19)
    calendar = entered(
        Entry("class_held", monday, friday, "Rattrapage", None),
        Entry("school_holidays", date(2027, 3, 1), date(2027, 3, 5), "Vacances déplacées", None),
        Entry("school_holidays", monday, monday, "Saisi deux fois", None),
    )
    assert calendar.is_school_day(monday) and calendar.school_holiday(friday) is None
    assert calendar.school_holiday(date(2027, 2, 22)) is not None
    assert calendar.school_holiday(date(2027, 3, 2)) == "Vacances déplacées"
