"""What people typed, read as numbers and days: strictly, within bounds, never by an exception."""

from __future__ import annotations

import re
from datetime import date

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years that a portal of families may speak of; computing with a day of them stays a day."""

_WHOLE = re.compile(r"[0-9]{1,9}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FRENCH_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control signs, signs that turn the order of what is written after them, halves of signs."""


def is_writable(text: str) -> bool:
    """Whether a page and a database can hold the text, and readers read it in its order."""
    return not _UNREADABLE.search(text)


def writable(text: str) -> str:
    """The text without what can be neither shown nor kept."""
    return _UNREADABLE.sub("", text)


def whole_number(text: object) -> int | None:
    """A whole number from 0 to 999,999,999 in plain digits, None when it is none."""
    return int(str(text)) if _WHOLE.fullmatch(str(text)) else None


def day_of(text: object) -> date | None:
    """A day as browsers send it ("2026-03-12") or people type it ("12/03/2026").

    None when it is none or of no year of ours.
    """
    typed = _FRENCH_DAY.fullmatch(str(text))
    if typed is None and not _DAY.fullmatch(str(text)):
        return None
    try:
        day = date(*map(int, typed.group(3, 2, 1))) if typed else date.fromisoformat(str(text))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None
