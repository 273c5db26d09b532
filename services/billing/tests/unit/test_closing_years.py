"""In which order years are closed and reopened, and where what is heard of late goes."""

from datetime import date

import pytest

from preau.billing.years.domain import (
    EarlierYearOpen,
    LaterYearClosed,
    YearClosed,
    YearNotOver,
    YearOpen,
    check_closing,
    check_reopening,
    first_open,
)

TODAY = date(2028, 1, 1)


@pytest.mark.parametrize(
    ("year", "moved", "closed", "refusal"),
    [
        (2027, {2027}, [], None),
        (2027, {2025, 2027}, [2025], None),
        (2026, {2025, 2027}, [2025], None),
        (2028, {2028}, [], YearNotOver),
        (2027, {2027}, [2027], YearClosed),
        (2027, {2025, 2026, 2027}, [2025], EarlierYearOpen),
    ],
)
def test_a_year_is_closed_when_it_is_over_and_those_before_it(year, moved, closed, refusal):
    if refusal is None:
        check_closing(year, TODAY, moved, closed)
        return
    with pytest.raises(refusal):
        check_closing(year, TODAY, moved, closed)


def test_the_last_closed_year_alone_is_opened_again():
    check_reopening(2027, [2026, 2027])
    with pytest.raises(LaterYearClosed, match="2027"):
        check_reopening(2026, [2026, 2027])
    with pytest.raises(YearOpen):
        check_reopening(2025, [2026])


def test_what_falls_into_closed_years_is_entered_on_the_first_day_after_them():
    assert first_open(date(2026, 12, 31), [2026, 2027]) == date(2028, 1, 1)
    assert first_open(date(2026, 12, 31), [2027]) == date(2026, 12, 31)
