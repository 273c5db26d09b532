"""Civil time: what a clock on the wall of the commune's town hall says, as an instant."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MIDNIGHT_AFTER = "24:00"
_LAST_MINUTE = "23:59"


def instant(day: date, at: str, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of the civil time ``at`` ("HH:MM") on ``day``.

    "24:00" and "23:59" both mean the end of the day, which is the next day at 00:00.
    """
    if at in (MIDNIGHT_AFTER, _LAST_MINUTE):
        return civil_instant(datetime.combine(day + timedelta(days=1), time()), zone)
    return civil_instant(datetime.combine(day, time.fromisoformat(at)), zone)


@lru_cache(8192)
def civil_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) at which the clock of ``zone`` shows ``wall`` (naive) or later.

    A time that exists twice (October) is its first occurrence; one that does not exist (March) is the
    instant at which the clock jumps over it. So a later wall time is never an earlier instant.
    """
    before = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if before.astimezone(zone).replace(tzinfo=None) == wall:
        return before
    return _jump(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), before, zone)


def _jump(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant in (low, high] at which the offset of ``zone`` changes, by bisection to the second."""
    old = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return high


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The civil date of an instant."""
    return moment.astimezone(zone).date()
