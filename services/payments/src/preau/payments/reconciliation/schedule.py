"""When to ask a provider again about a payment that is not final. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def next_check(schedule: Sequence[timedelta], created_at: datetime, now: datetime) -> datetime | None:
    """The first instant of the schedule that is still to come, or None when the last one is past.

    ``schedule`` holds ages of the payment, ascending.
    """
    return next((created_at + age for age in schedule if created_at + age > now), None)
