"""Calendar months, over the turn of a year."""

from datetime import date

from preau.billing.tariffs.months import periods_from


def test_the_periods_from_a_day_on():
    assert periods_from(date(2026, 11, 15), "2027-01") == ["2026-11", "2026-12", "2027-01"]
    assert periods_from(date(2026, 3, 1), "2026-03") == ["2026-03"]
    assert periods_from(date(2026, 4, 1), "2026-03") == []
