"""The day it is in the commune of the tour."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def today() -> date:
    """Today at Jolieville."""
    return datetime.now(ZoneInfo("Europe/Paris")).date()
