"""What a deadline says of a day, in a sentence: with the instants that decide."""

from datetime import date

import pytest
from hypothesis import given

from preau.reservations.deadlines.cut_offs import NEVER_OPEN, cut_off, opening
from preau.reservations.deadlines.explaining import explained

from .test_cut_offs import ANY, CALENDAR, DAYS, DEADLINE, served

THURSDAY = date(2026, 11, 12)


@pytest.mark.parametrize(
    ("declared", "day", "reason"),
    [
        ({"kind": "never"}, THURSDAY, "pas ouvert"),
        ({"kind": "holiday_window", "closes_days": 7}, THURSDAY, "pas ouvert"),
        (
            {"kind": "days_before", "days": 1, "at": "12:00"},
            THURSDAY,
            "avant le mercredi 11 novembre 2026 à 12 h",
        ),
        (
            {"kind": "days_before", "days": 1, "at": "12:00", "on_holiday": "roll_back"},
            THURSDAY,
            "avant le mardi 10 novembre 2026 à 12 h,"
            " avancé : le mercredi 11 novembre 2026 est férié (Armistice)",
        ),
        (
            {"kind": "days_before", "days": 1, "at": "12:00", "on_weekend": "roll_back"},
            date(2026, 11, 30),
            "avant le vendredi 27 novembre 2026 à 12 h,"
            " avancé : le dimanche 29 novembre 2026 tombe un week-end",
        ),
        (
            {"kind": "same_day", "at": "09:00", "opens": {"kind": "days_before", "days": 30, "at": "08:30"}},
            THURSDAY,
            "avant le jeudi 12 novembre 2026 à 9 h, à partir du mardi 13 octobre 2026 à 8 h 30",
        ),
    ],
)
def test_the_reason_says_until_when_and_why(declared: dict[str, object], day: date, reason: str) -> None:
    told = explained(DEADLINE.validate_python(declared), day, CALENDAR, served).reason
    assert told.replace("\u00a0", " ").replace("\u202f", " ") == reason


@given(ANY, DAYS)
def test_what_is_shown_is_what_decides(declared: dict[str, object], day: date) -> None:
    deadline = DEADLINE.validate_python(declared)
    told = explained(deadline, day, CALENDAR, served)
    limit = cut_off(deadline, day, CALENDAR, served)
    assert told.cut_off == (None if limit == NEVER_OPEN else limit)
    assert told.opens == (None if limit == NEVER_OPEN else opening(deadline, day, CALENDAR))
