"""Deadlines that make no sense for the days of an activity are refused, and say why."""

import pytest
from pydantic import TypeAdapter

from preau.reservations.deadlines.checks import fault
from preau.reservations.deadlines.domain import Deadline

DEADLINE: TypeAdapter[Deadline] = TypeAdapter(Deadline)
SCHOOL_WEEK = (0, 1, 3, 4)


def window(first: str, last: str, closes: str) -> dict[str, str]:
    return {"first_day": first, "last_day": last, "closes_on": closes}


AUTUMN = window("2026-10-19", "2026-10-30", "2026-10-02")
CHRISTMAS = window("2026-12-21", "2027-01-01", "2026-12-04")
NEEDS_A_LINE = [{"service_weekdays": [0, 1], "weekday": 4}, {"service_weekdays": [3, 4], "weekday": 1}]

REFUSED = [
    ({"kind": "weekday_before", "weekday": 4, "weeks": 0, "at": "09:00"}, (0,), "vendredi"),
    ({"kind": "weekday_before", "weekday": 4, "weeks": 0}, SCHOOL_WEEK, "lundi, mardi, jeudi"),
    ({"kind": "month_before", "months": 0, "day": 31}, SCHOOL_WEEK, "31 du même mois"),
    ({"kind": "month_before", "months": 0, "day": 2}, SCHOOL_WEEK, "2 du même mois"),
    (
        {"kind": "days_before", "days": 2, "day_type": "working", "skip_weekdays": [0, 1, 2, 3, 4]},
        SCHOOL_WEEK,
        "exclus",
    ),
    (
        {"kind": "days_before", "days": 1, "day_type": "school", "skip_weekdays": [0, 1, 3, 4]},
        SCHOOL_WEEK,
        "exclus",
    ),
    ({"kind": "days_before", "days": 1, "day_type": "service", "skip_weekdays": [2]}, (2,), "exclus"),
    ({"kind": "batch", "lines": NEEDS_A_LINE}, (0, 1, 2, 3, 4), "mercredi"),
    (
        {"kind": "windows", "windows": [CHRISTMAS, window("2026-12-31", "2027-01-04", "2026-12-20")]},
        SCHOOL_WEEK,
        "en commun",
    ),
    (
        {"kind": "windows", "windows": [AUTUMN, window("2026-12-21", "2027-01-01", "2027-01-02")]},
        SCHOOL_WEEK,
        "après un jour de service, le lundi 21 décembre 2026",
    ),
    (
        {"kind": "windows", "windows": [window("2026-11-02", "2026-11-30", "2026-11-15")]},
        SCHOOL_WEEK,
        "après un jour de service, le lundi 2 novembre 2026",
    ),
]
REFUSED += [
    (
        {"kind": "days_before", "days": 7, "opens": {"kind": "days_before", "days": 5}},
        SCHOOL_WEEK,
        "personne ne pourrait agir",
    ),
    (
        {
            "kind": "weekday_before",
            "weekday": 0,
            "at": "08:00",
            "opens": {"kind": "weekday_before", "weekday": 0, "at": "08:30"},
        },
        SCHOOL_WEEK,
        "personne ne pourrait agir",
    ),
]
ACCEPTED = [
    ({"kind": "weekday_before", "weekday": 4, "weeks": 1}, SCHOOL_WEEK),
    ({"kind": "weekday_before", "weekday": 0, "weeks": 0, "at": "09:00"}, (0, 2)),
    ({"kind": "month_before", "months": 1, "day": 31}, SCHOOL_WEEK),
    ({"kind": "month_before", "months": 0, "day": 1}, SCHOOL_WEEK),
    ({"kind": "days_before", "days": 2, "day_type": "working", "skip_weekdays": [0, 1, 2]}, SCHOOL_WEEK),
    ({"kind": "days_before", "days": 0, "day_type": "school", "skip_weekdays": [0, 1, 3, 4]}, SCHOOL_WEEK),
    ({"kind": "batch", "lines": NEEDS_A_LINE}, SCHOOL_WEEK),
    ({"kind": "windows", "windows": [CHRISTMAS, AUTUMN]}, SCHOOL_WEEK),
    ({"kind": "none"}, SCHOOL_WEEK),
    # Sunday is no day of service: the window closes on Monday itself
    ({"kind": "windows", "windows": [window("2026-11-01", "2026-11-30", "2026-11-02")]}, SCHOOL_WEEK),
    (
        {
            "kind": "weekday_before",
            "weekday": 3,
            "at": "12:00",
            "opens": {"kind": "weekday_before", "weekday": 0, "weeks": 2, "at": "08:30"},
        },
        SCHOOL_WEEK,
    ),
    ({"kind": "holiday_window", "closes_days": 7, "opens": {"kind": "days_before", "days": 30}}, SCHOOL_WEEK),
    ({"kind": "never", "opens": {"kind": "days_before", "days": 30}}, SCHOOL_WEEK),
]


@pytest.mark.parametrize(("declared", "weekdays", "says"), REFUSED)
def test_what_cannot_be_kept_is_refused(declared, weekdays, says):
    found = fault(DEADLINE.validate_python(declared), weekdays)
    assert found is not None
    assert says in found


@pytest.mark.parametrize(("declared", "weekdays"), ACCEPTED)
def test_what_can_be_kept_is_accepted(declared, weekdays):
    assert fault(DEADLINE.validate_python(declared), weekdays) is None
