"""Dates and instants as French sentences say them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def day_in_words(day: date) -> str:
    """Such as "jeudi 12 mars 2026"."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{WEEKDAYS[day.weekday()]} {number} {_MONTHS[day.month - 1]} {day.year}"


def instant_in_words(moment: datetime, zone: ZoneInfo) -> str:
    """Such as "mardi 10 mars 2026 à 12 h" or "… à 9 h 30"."""
    local = moment.astimezone(zone)
    minutes = f" {local.minute:02d}" if local.minute else ""
    return f"{day_in_words(local.date())} à {local.hour} h{minutes}"
