"""Who has a child on which day, by its custody."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from preau.contracts.custody import Custody, CustodyDates

OTHER = UUID(int=1)


def days(custody: Custody, first: date, count: int = 14) -> str:
    """A letter a day: ``o`` for the other family, ``h`` for the home, ``s`` for a share."""
    letters = {0: "h", 100: "o"}
    return "".join(letters.get(custody.other_percent(first + timedelta(days=at)), "s") for at in range(count))


@pytest.mark.parametrize(
    ("custody", "told"),
    [
        (Custody(kind="none"), "hhhhhhhhhhhhhh"),
        (Custody(kind="weeks", family_id=OTHER, weeks="even"), "ooooooohhhhhhh"),
        (Custody(kind="weeks", family_id=OTHER, weeks="odd"), "hhhhhhhooooooo"),
        (Custody(kind="weeks", family_id=OTHER, weeks="even", changes_on=5), "hhhhooooooohhh"),
        (Custody(kind="weekdays", family_id=OTHER, weekdays=(3, 5)), "hhohohhhhohohh"),
        (Custody(kind="dates", family_id=OTHER), "hhhhhhhhhhhhhh"),
        (Custody(kind="share", family_id=OTHER, percent=40), "ssssssssssssss"),
    ],
)
def test_each_kind_says_who_has_the_child(custody: Custody, told: str) -> None:
    assert days(custody, date(2026, 8, 31)) == told  # the Monday of week 36


def test_dates_go_before_the_kind_and_the_first_of_two() -> None:
    custody = Custody(
        kind="weeks",
        family_id=OTHER,
        weeks="even",
        dates=(
            CustodyDates(first_day=date(2026, 9, 1), last_day=date(2026, 9, 2), side="home"),
            CustodyDates(first_day=date(2026, 9, 2), last_day=date(2026, 9, 9), side="other"),
        ),
    )
    assert days(custody, date(2026, 8, 31)) == "ohhooooooohhhh"


def test_two_odd_weeks_follow_each_other_where_a_year_has_53() -> None:
    custody = Custody(kind="weeks", family_id=OTHER, weeks="odd")
    assert days(custody, date(2026, 12, 28)) == "oooooooooooooo"
    assert days(custody, date(2026, 12, 21), 7) == "hhhhhhh"
