"""Civil time over the nights on which clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.reservations.calendars.civil import civil_instant, instant, local_date

PARIS = ZoneInfo("Europe/Paris")
ZONES = st.sampled_from(
    [
        PARIS,
        ZoneInfo("America/Martinique"),
        ZoneInfo("Indian/Reunion"),
        ZoneInfo("Pacific/Noumea"),
        ZoneInfo("America/Miquelon"),
    ]
)
WALLS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1))  # noqa: DTZ001
AROUND_CHANGES = st.sampled_from([datetime(2026, 3, 29), datetime(2026, 10, 25)]).flatmap(  # noqa: DTZ001
    lambda night: st.timedeltas(timedelta(0), timedelta(hours=5)).map(lambda more: night + more)
)


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2026-11-26T12:00", "2026-11-26T11:00"),
        ("2026-07-01T12:00", "2026-07-01T10:00"),
        # 29 March 2026, 02:00 becomes 03:00: what does not exist is the jump
        ("2026-03-29T01:59", "2026-03-29T00:59"),
        ("2026-03-29T02:00", "2026-03-29T01:00"),
        ("2026-03-29T02:30", "2026-03-29T01:00"),
        ("2026-03-29T03:00", "2026-03-29T01:00"),
        # 25 October 2026, 03:00 becomes 02:00: what exists twice is its first time
        ("2026-10-25T02:30", "2026-10-25T00:30"),
        ("2026-10-25T03:00", "2026-10-25T02:00"),
    ],
)
def test_the_first_instant_at_which_the_clock_shows_it(wall, utc):
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert civil_instant(datetime.fromisoformat(wall), PARIS) == expected


@given(st.one_of(WALLS, AROUND_CHANGES), st.timedeltas(timedelta(0), timedelta(days=2)), ZONES)
def test_a_later_wall_time_is_never_an_earlier_instant(wall, more, zone):
    assert civil_instant(wall, zone) <= civil_instant(wall + more, zone)


@given(st.one_of(WALLS, AROUND_CHANGES), ZONES)
def test_at_the_instant_the_clock_shows_it_or_has_jumped_over_it(wall, zone):
    shown = civil_instant(wall, zone).astimezone(zone).replace(tzinfo=None)
    assert shown >= wall
    assert shown - wall <= timedelta(hours=1)


@given(st.one_of(WALLS, AROUND_CHANGES), ZONES)
def test_a_second_before_the_clock_has_not_shown_it(wall, zone):
    before = civil_instant(wall, zone) - timedelta(seconds=1)
    assert before.astimezone(zone).replace(tzinfo=None) < wall


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), ZONES)
def test_the_end_of_a_day_is_the_start_of_the_next(day, zone):
    assert instant(day, "24:00", zone) == instant(day + timedelta(days=1), "00:00", zone)
    assert local_date(instant(day, "00:00", zone), zone) == day
    assert local_date(instant(day, "24:00", zone) - timedelta(seconds=1), zone) == day
