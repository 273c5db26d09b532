"""Deadlines of real règlements, as instants. Dates are of the school year 2026-2027, zone A."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from preau.reservations.calendars.domain import CommuneCalendar
from preau.reservations.calendars.published import merged
from preau.reservations.deadlines.cut_offs import NEVER_OPEN, cut_off, opening
from preau.reservations.deadlines.domain import Deadline, stored

PARIS = ZoneInfo("Europe/Paris")
YEARS = range(2025, 2028)
CALENDAR = CommuneCalendar(PARIS, merged(YEARS, "A", school=False), merged(YEARS, "A", school=True))
DEADLINE: TypeAdapter[Deadline] = TypeAdapter(Deadline)


def served(day: date) -> bool:
    """Canteen: Monday, Tuesday, Thursday, Friday of school time."""
    return CALENDAR.is_school_day(day)


def local(declared: dict, day: str, calendar: CommuneCalendar = CALENDAR) -> str:
    limit = cut_off(DEADLINE.validate_python(declared), date.fromisoformat(day), calendar, served)
    assert limit.tzinfo == UTC
    return limit.astimezone(calendar.zone).strftime("%Y-%m-%d %H:%M")


STORIES = [
    # until the day is over
    ({"kind": "none"}, "2026-11-26", "2026-11-27 00:00"),
    # "avant 10 h le jour même"
    ({"kind": "same_day", "at": "10:00"}, "2026-11-26", "2026-11-26 10:00"),
    # "48 heures avant"
    ({"kind": "hours_before", "hours": 48}, "2026-11-26", "2026-11-24 00:00"),
    ({"kind": "hours_before", "hours": 48, "starts_at": "07:30"}, "2026-11-26", "2026-11-24 07:30"),
    # over the night of 25 October, when clocks go back: civil hours, not elapsed ones
    ({"kind": "hours_before", "hours": 24, "starts_at": "12:00"}, "2026-10-26", "2026-10-25 12:00"),
    # "2 jours avant, 12 h"
    ({"kind": "days_before", "days": 2, "at": "12:00"}, "2026-11-30", "2026-11-28 12:00"),
    # "la veille, minuit"; 23 h 59 is the same
    ({"kind": "days_before", "days": 1, "at": "24:00"}, "2026-11-26", "2026-11-26 00:00"),
    ({"kind": "days_before", "days": 1, "at": "23:59"}, "2026-11-26", "2026-11-26 00:00"),
    # "2 jours ouvrés": Monday counts back to Thursday
    (
        {"kind": "days_before", "days": 2, "at": "09:00", "day_type": "working"},
        "2026-11-30",
        "2026-11-26 09:00",
    ),
    # … and over the 11 November
    (
        {"kind": "days_before", "days": 2, "at": "09:00", "day_type": "working"},
        "2026-11-12",
        "2026-11-09 09:00",
    ),
    # "2 jours francs": Tuesday and Wednesday lie between, Monday is the last day
    ({"kind": "days_before", "days": 2, "day_type": "clear"}, "2026-11-26", "2026-11-24 00:00"),
    # "1 jour de service": Monday 30 November counts back to Friday
    (
        {"kind": "days_before", "days": 1, "at": "10:00", "day_type": "service"},
        "2026-11-30",
        "2026-11-27 10:00",
    ),
    # "1 jour d'école" over the holidays of All Saints (17 October to 1 November)
    (
        {"kind": "days_before", "days": 1, "at": "10:00", "day_type": "school"},
        "2026-11-02",
        "2026-10-16 10:00",
    ),
    # chosen weekdays skipped: not Wednesdays
    (
        {"kind": "days_before", "days": 1, "at": "10:00", "skip_weekdays": [2]},
        "2026-11-26",
        "2026-11-24 10:00",
    ),
    # the cut-off falls on a Sunday: kept, or rolled back to Friday
    ({"kind": "days_before", "days": 1, "at": "12:00"}, "2026-11-30", "2026-11-29 12:00"),
    (
        {"kind": "days_before", "days": 1, "at": "12:00", "on_holiday": "roll_back"},
        "2026-11-30",
        "2026-11-27 12:00",
    ),
    # "le jeudi de la semaine précédente, 12 h"; "deux semaines avant"
    ({"kind": "weekday_before", "weekday": 3, "at": "12:00"}, "2026-11-24", "2026-11-19 12:00"),
    ({"kind": "weekday_before", "weekday": 3, "at": "12:00", "weeks": 2}, "2026-11-24", "2026-11-12 12:00"),
    # "le jeudi au plus tard": the whole of Thursday
    ({"kind": "weekday_before", "weekday": 3}, "2026-11-24", "2026-11-20 00:00"),
    # weeks without school do not count: the Thursday before the holidays of All Saints
    (
        {"kind": "weekday_before", "weekday": 3, "at": "12:00", "week_type": "school"},
        "2026-11-03",
        "2026-10-15 12:00",
    ),
    # "lundi et mardi : le vendredi 9 h ; jeudi et vendredi : le mardi 9 h"
    *(
        (
            {
                "kind": "batch",
                "lines": [
                    {"service_weekdays": [0, 1], "weekday": 4, "at": "09:00"},
                    {"service_weekdays": [3, 4], "weekday": 1, "at": "09:00"},
                ],
            },
            day,
            limit,
        )
        for day, limit in (
            ("2026-11-23", "2026-11-20 09:00"),
            ("2026-11-24", "2026-11-20 09:00"),
            ("2026-11-26", "2026-11-24 09:00"),
            ("2026-11-27", "2026-11-24 09:00"),
            ("2026-11-25", "1970-01-01 01:00"),
        )
    ),
    # a line on its own weekday means the week before
    (
        {"kind": "batch", "lines": [{"service_weekdays": [0], "weekday": 0, "at": "09:00"}]},
        "2026-11-30",
        "2026-11-23 09:00",
    ),
    # "le 20 du mois précédent"; the 31st of a short month is its last day
    ({"kind": "month_before", "day": 20}, "2027-01-07", "2026-12-21 00:00"),
    ({"kind": "month_before", "day": 31, "at": "12:00"}, "2027-03-04", "2027-02-28 12:00"),
    # "deux semaines avant": the table counts a week further back
    (
        {
            "kind": "batch",
            "lines": [{"service_weekdays": [0, 1], "weekday": 4, "at": "09:00", "weeks": 2}],
        },
        "2026-11-24",
        "2026-11-13 09:00",
    ),
    # school holidays and public holidays do not count; nor do closures
    (
        {"kind": "days_before", "days": 2, "at": "10:00", "skip": ["school_holidays"]},
        "2026-11-02",
        "2026-10-15 10:00",
    ),
    (
        {"kind": "days_before", "days": 1, "at": "10:00", "skip": ["public_holidays"]},
        "2026-11-12",
        "2026-11-10 10:00",
    ),
    # on a Sunday it is rolled back, on the 11 November it stays; and the other way round
    (
        {"kind": "month_before", "day": 11, "at": "12:00", "on_weekend": "roll_back"},
        "2026-12-03",
        "2026-11-11 12:00",
    ),
    (
        {"kind": "month_before", "day": 15, "at": "12:00", "on_weekend": "roll_back"},
        "2026-12-03",
        "2026-11-13 12:00",
    ),
    (
        {
            "kind": "month_before",
            "day": 11,
            "at": "12:00",
            "on_holiday": "roll_back",
            "on_weekend": "keep",
        },
        "2026-12-03",
        "2026-11-10 12:00",
    ),
    # … and out of the school holidays, to the last day before them
    (
        {"kind": "month_before", "day": 20, "at": "12:00", "on_school_holiday": "roll_back"},
        "2026-11-05",
        "2026-10-16 12:00",
    ),
    # "trois semaines avant les vacances"
    (
        {"kind": "holiday_window", "closes_days": 21, "at": "17:00"},
        "2026-12-23",
        "2026-11-28 17:00",
    ),
    ({"kind": "holiday_window", "closes_days": 21}, "2026-11-26", "1970-01-01 01:00"),
    # nobody, ever
    ({"kind": "never"}, "2026-11-26", "1970-01-01 01:00"),
    # a window for the holidays
    (
        {
            "kind": "windows",
            "windows": [
                {
                    "first_day": "2026-12-21",
                    "last_day": "2027-01-01",
                    "closes_on": "2026-12-04",
                    "at": "17:00",
                }
            ],
        },
        "2026-12-23",
        "2026-12-04 17:00",
    ),
]


@pytest.mark.parametrize(("declared", "day", "limit"), STORIES)
def test_the_deadline_is_the_first_instant_at_which_it_is_too_late(declared, day, limit):
    assert local(declared, day) == limit


def test_a_day_that_no_window_opens_was_never_open():
    window = {"first_day": "2026-12-21", "last_day": "2027-01-01", "closes_on": "2026-12-04"}
    declared = DEADLINE.validate_python({"kind": "windows", "windows": [window | {"opens_on": "2026-11-09"}]})
    assert cut_off(declared, date(2026, 11, 26), CALENDAR, served) == NEVER_OPEN
    assert opening(declared, date(2026, 11, 26), CALENDAR) is None
    assert opening(declared, date(2026, 12, 23), CALENDAR) == datetime(2026, 11, 8, 23, tzinfo=UTC)


OPENINGS = [
    ({"kind": "none"}, None),
    (
        {"kind": "none", "opens": {"kind": "weekday_before", "weekday": 0, "weeks": 2, "at": "08:30"}},
        "2026-12-07 08:30",
    ),
    ({"kind": "same_day", "at": "10:00", "opens": {"kind": "days_before", "days": 30}}, "2026-11-23 00:00"),
    ({"kind": "none", "opens": {"kind": "on", "day": "2026-12-01", "at": "09:00"}}, "2026-12-01 09:00"),
    ({"kind": "holiday_window", "closes_days": 7, "opens_days": 30}, "2026-11-19 00:00"),
    (
        {
            "kind": "holiday_window",
            "closes_days": 7,
            "opens_days": 30,
            "opens": {"kind": "on", "day": "2026-12-01", "at": "09:00"},
        },
        "2026-12-01 09:00",
    ),
]


@pytest.mark.parametrize(("declared", "opens"), OPENINGS)
def test_any_kind_may_say_from_when_on(declared, opens):
    found = opening(DEADLINE.validate_python(declared), date(2026, 12, 23), CALENDAR)
    assert (found and found.astimezone(PARIS).strftime("%Y-%m-%d %H:%M")) == opens


def test_a_declaration_of_before_is_kept_as_it_was():
    """So the version that runs beside reads what this one writes."""
    before = {
        "kind": "batch",
        "lines": [{"service_weekdays": [0], "weekday": 4, "at": "09:00"}],
        "on_holiday": "keep",
    }
    assert stored(DEADLINE.validate_python(before)) == before
    later = {"kind": "same_day", "at": "10:00", "opens": {"kind": "days_before", "days": 9, "at": "00:00"}}
    assert stored(DEADLINE.validate_python(later)) == later


def test_days_of_school_are_those_of_the_site():
    """Where there is class on Wednesday, Wednesday counts."""
    declared = DEADLINE.validate_python(
        {"kind": "days_before", "days": 1, "at": "10:00", "day_type": "school"}
    )
    thursday, with_wednesday = date(2026, 11, 26), CALENDAR.with_class_on(frozenset({0, 1, 2, 3, 4}))
    four, five = (cut_off(declared, thursday, each, served) for each in (CALENDAR, with_wednesday))
    assert (four.astimezone(PARIS).day, five.astimezone(PARIS).day) == (24, 25)
    assert CALENDAR.with_class_on(frozenset({0, 1, 3, 4})) is CALENDAR


def test_overseas_communes_keep_their_own_time():
    calendar = CommuneCalendar(ZoneInfo("Indian/Reunion"))
    declared = DEADLINE.validate_python({"kind": "same_day", "at": "10:00"})
    limit = cut_off(declared, date(2026, 7, 1), calendar, served)
    assert limit == datetime(2026, 7, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "declared",
    [
        {"kind": "days_before", "days": 2, "at": "9:00"},
        {"kind": "days_before", "days": 2, "at": "24:30"},
        {"kind": "days_before", "days": 2, "day_type": "lunar"},
        {"kind": "days_before"},
        {"kind": "weekday_before", "weekday": 7},
        {"kind": "hours_before", "hours": 48, "minutes": 3},
        {
            "kind": "batch",
            "lines": [
                {"service_weekdays": [0], "weekday": 4},
                {"service_weekdays": [0, 1], "weekday": 3},
            ],
        },
        {
            "kind": "windows",
            "windows": [{"first_day": "2026-12-21", "last_day": "2026-12-20", "closes_on": "2026-12-04"}],
        },
        {"kind": "sometime"},
    ],
)
def test_what_makes_no_sense_cannot_be_declared(declared):
    with pytest.raises(ValidationError):
        DEADLINE.validate_python(declared)


DAYS = st.dates(date(2026, 9, 1), date(2027, 7, 1))
TIMES = st.times().map(lambda moment: moment.strftime("%H:%M"))
DAYS_BEFORE = st.fixed_dictionaries(
    {
        "kind": st.just("days_before"),
        "days": st.integers(0, 30),
        "at": TIMES,
        "day_type": st.sampled_from(["calendar", "working", "clear", "service", "school"]),
        "skip": st.lists(
            st.sampled_from(["public_holidays", "school_holidays", "closures"]), max_size=3, unique=True
        ),
    }
    | {
        name: st.sampled_from(["keep", "roll_back"])
        for name in ("on_holiday", "on_weekend", "on_school_holiday")
    }
)
ANY = st.one_of(
    DAYS_BEFORE,
    st.fixed_dictionaries(
        {"kind": st.just("hours_before"), "hours": st.integers(0, 500), "starts_at": TIMES}
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("weekday_before"),
            "weekday": st.integers(0, 6),
            "at": TIMES,
            "weeks": st.integers(0, 4),
            "week_type": st.sampled_from(["calendar", "school"]),
        }
    ),
    st.fixed_dictionaries({"kind": st.just("same_day"), "at": TIMES}),
    st.fixed_dictionaries(
        {"kind": st.just("month_before"), "day": st.integers(1, 31), "months": st.integers(0, 2), "at": TIMES}
    ),
)


ZONES = ("Europe/Paris", "America/Guadeloupe", "Indian/Reunion", "Pacific/Noumea", "America/Miquelon")
OPENS = st.one_of(
    st.fixed_dictionaries({"kind": st.just("days_before"), "days": st.integers(0, 60), "at": TIMES}),
    st.fixed_dictionaries(
        {
            "kind": st.just("weekday_before"),
            "weekday": st.integers(0, 6),
            "weeks": st.integers(0, 5),
            "at": TIMES,
        }
    ),
)


@given(ANY, OPENS, DAYS, st.integers(1, 60), st.sampled_from(ZONES))
def test_an_opening_moves_with_the_day_and_never_the_limit(declared, opens, day, more, zone):
    """Also over the nights on which clocks change, and overseas."""
    calendar = CommuneCalendar(ZoneInfo(zone), CALENDAR.public_holidays, CALENDAR.school_holidays)
    plain, opened = (DEADLINE.validate_python(declared | extra) for extra in ({}, {"opens": opens}))
    assert cut_off(plain, day, calendar, served) == cut_off(opened, day, calendar, served)
    assert opening(plain, day, calendar) is None
    first, later = (opening(opened, each, calendar) for each in (day, day + timedelta(days=more)))
    assert first is not None and later is not None and first <= later


@given(ANY, DAYS)
def test_a_deadline_never_ends_after_the_day(declared, day):
    limit = cut_off(DEADLINE.validate_python(declared), day, CALENDAR, served)
    assert limit <= cut_off(DEADLINE.validate_python({"kind": "none"}), day, CALENDAR, served)


@given(ANY, DAYS, st.integers(1, 60))
def test_a_later_day_never_closes_earlier(declared, day, more):
    deadline = DEADLINE.validate_python(declared)
    later = day + timedelta(days=more)
    assert cut_off(deadline, day, CALENDAR, served) <= cut_off(deadline, later, CALENDAR, served)


@given(DAYS_BEFORE, DAYS)
def test_more_days_of_notice_never_close_later(declared, day):
    shorter = DEADLINE.validate_python(declared)
    longer = DEADLINE.validate_python(declared | {"days": declared["days"] + 1})
    assert cut_off(longer, day, CALENDAR, served) <= cut_off(shorter, day, CALENDAR, served)


@given(DAYS, st.integers(1, 10))
def test_working_days_of_notice_end_on_a_working_day(day, days):
    declared = DEADLINE.validate_python(
        {"kind": "days_before", "days": days, "at": "12:00", "day_type": "working"}
    )
    limit = cut_off(declared, day, CALENDAR, served)
    assert CALENDAR.is_working_day(limit.astimezone(PARIS).date())


def test_counting_school_days_before_the_first_ends_somewhere():
    bare = CommuneCalendar(PARIS, {}, {date(2026, 1, 1) + timedelta(days=n): "été" for n in range(365)})
    declared = DEADLINE.validate_python({"kind": "days_before", "days": 5, "day_type": "school"})
    assert cut_off(declared, date(2026, 12, 1), bare, lambda _: False) < datetime(2026, 12, 1, tzinfo=UTC)
