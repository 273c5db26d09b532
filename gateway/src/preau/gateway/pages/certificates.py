"""The tax certificate as a page: the years that one may ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

SHOWN = 4
"""The present year and those before it that the page offers."""


def years_until(today: date) -> Sequence[int]:
    """The years to choose among, the newest first."""
    return [today.year - each for each in range(SHOWN)]


def year_asked(typed: str, today: date) -> int:
    """The year that an address asks for: the last one that is over unless it names one that may be chosen."""
    return next((year for year in years_until(today) if str(year) == typed), today.year - 1)
