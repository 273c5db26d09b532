"""The civil time of the commune of the tour: what day it is there, and how its times are told."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")
"""Jolieville’s."""


def today() -> date:
    """Today at Jolieville."""
    return datetime.now(ZONE).date()


def dated(day: date | str) -> str:
    """A day as "Tuesday 24 November 2026"."""
    return f"{date.fromisoformat(str(day)):%A %-d %B %Y}"


def timed(instant: str) -> str:
    """An instant as "Tuesday 24 November 2026 at 12:00", in Jolieville’s time."""
    return f"{datetime.fromisoformat(instant).astimezone(ZONE):%A %-d %B %Y at %H:%M}"
