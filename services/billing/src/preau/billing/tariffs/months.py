"""Calendar months, as billing goes by them. Pure."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple


class Month(NamedTuple):
    """From ``first`` (included) to ``after`` (excluded)."""

    first: date
    after: date


def month_of(period: str) -> Month:
    """The days of ``YYYY-MM``."""
    return month_with(date.fromisoformat(f"{period}-01"))


def month_with(day: date) -> Month:
    """The month of a day."""
    return Month(day.replace(day=1), date(day.year + day.month // 12, day.month % 12 + 1, 1))


def months_with(days: Collection[date]) -> Month:
    """From the first day of the earliest month to the end of the latest; nothing without days."""
    if not days:
        return Month(date.min, date.min)
    return Month(month_with(min(days)).first, month_with(max(days)).after)


def periods_from(first: date, last: str) -> list[str]:
    """The periods from the month of a day to ``last``, both included; none when it begins later."""
    found: list[str] = []
    month = month_with(first)
    while f"{month.first:%Y-%m}" <= last:
        found.append(f"{month.first:%Y-%m}")
        month = month_with(month.after)
    return found


def month_before(period: str) -> str:
    """The period before: of ``2026-01``, ``2025-12``."""
    first = month_of(period).first
    return f"{first.year - (first.month == 1):04d}-{(first.month - 2) % 12 + 1:02d}"
