"""Days, months and instants as French sentences say them, through Babel.

Values may come from JSON: dates and instants as ISO strings. Nothing here knows the present time, and
nothing knows a time zone: who shows an instant says whose civil time it is.
"""

from collections.abc import Sequence
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location
from babel.lists import format_list

from preau.wording.names import of
from preau.wording.typography import NBSP

LOCALE = "fr_FR"
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def as_date(value: date | str) -> date:
    """A day, from a date or its ISO form. Raises ValueError when it is neither."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(value[:10])


def as_instant(value: datetime | str, zone: ZoneInfo | str) -> datetime:
    """An instant in a civil time. Raises ValueError when it is not one."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone)


def _first(text: str, on: date) -> str:
    """French says "1er mars", which the patterns of the locale data do not."""
    return text.replace("1 ", "1er ", 1) if on.day == 1 else text


@lru_cache(maxsize=4096)
def _formatted(on: date, pattern: str) -> str:
    """Kept: a calendar says the same few dates over and over, and Babel takes its time over each."""
    return format_date(on, pattern, locale=LOCALE)


def full_date(value: date | str) -> str:
    """A day as ``12 mars 2026``."""
    on = as_date(value)
    return _first(_formatted(on, "d MMMM y"), on)


def weekday_date(value: date | str) -> str:
    """A day as ``jeudi 12 mars 2026``."""
    on = as_date(value)
    return f"{WEEKDAYS[on.weekday()]} {full_date(on)}"


def day(value: date | str, today: date | str | None = None) -> str:
    """A day as ``jeudi 12 mars``, with its year when it is not the year of ``today``."""
    on = as_date(value)
    if today is not None and as_date(today).year != on.year:
        return weekday_date(on)
    return f"{WEEKDAYS[on.weekday()]} {_first(_formatted(on, 'd MMMM'), on)}"


def short_date(value: date | str) -> str:
    """A day as ``12/03/2026``."""
    return _formatted(as_date(value), "dd/MM/y")


def weekday_short(value: date | str) -> str:
    """A day's weekday as ``jeu.``."""
    return _formatted(as_date(value), "EEE")


def month(value: date | str) -> str:
    """A period ``2026-03``, or a day in it, as ``mars 2026``."""
    text = value if isinstance(value, str) else value.isoformat()
    return _formatted(date.fromisoformat(f"{text[:7]}-01"), "LLLL y")


def month_name(number: int) -> str:
    """``mars`` for 3."""
    return _formatted(date(2000, number, 1), "LLLL")


def of_month(value: date | str) -> str:
    """The month of a day after a noun: ``de mars``, ``d’avril``."""
    name = month_name(as_date(value).month)
    return f"d’{name}" if name[0] in "aeiou" else f"de {name}"


def of_period(value: date | str) -> str:
    """A period, or a day in it, after a noun: ``de mars 2026``, ``d’avril 2026``."""
    return of(month(value))


def of_periods(values: Sequence[date | str]) -> str:
    """Periods after a noun: ``de mars 2026 et d’avril 2026``."""
    return and_list([of_period(value) for value in values])


def time_of_day(value: time | str) -> str:
    """A time, or its ISO form, as ``12 h`` or ``12 h 05``."""
    at = time.fromisoformat(value) if isinstance(value, str) else value
    return f"{at.hour}{NBSP}h" if at.minute == 0 else f"{at.hour}{NBSP}h{NBSP}{at.minute:02d}"


def clock(value: datetime | str, zone: ZoneInfo | str) -> str:
    """An instant's civil time as ``12 h`` or ``12 h 05``."""
    return time_of_day(as_instant(value, zone).time())


def moment(value: datetime | str, zone: ZoneInfo | str, today: date | str | None = None) -> str:
    """An instant as ``jeudi 12 mars à 12 h``, with its year when it is not the year of ``today``."""
    return f"{day(as_instant(value, zone).date(), today)} à {clock(value, zone)}"


def dated_moment(value: datetime | str, zone: ZoneInfo | str) -> str:
    """An instant as ``jeudi 12 mars 2026 à 12 h``."""
    return f"{weekday_date(as_instant(value, zone).date())} à {clock(value, zone)}"


def zone_name(zone: ZoneInfo | str) -> str:
    """A time zone as ``heure de Paris``: the city, never the name in the database of zones."""
    city = get_timezone_location(str(zone), locale=LOCALE, return_city=True)
    return f"heure d’{city}" if city[0] in "AEÉIOU" else f"heure de {city}"


def days_from_to(first: date | str, last: date | str) -> str:
    """A day as ``le lundi 16 mars 2026``, or days, both included, as ``du lundi … au vendredi …``."""
    if as_date(first) == as_date(last):
        return f"le {weekday_date(first)}"
    return f"du {weekday_date(first)} au {weekday_date(last)}"


def week_title(monday: date, last: date) -> str:
    """A week as ``du 16 au 20 mars 2026`` or ``du 30 mars au 3 avril 2026``."""
    if monday.month == last.month:
        return f"du {'1er' if monday.day == 1 else monday.day} au {full_date(last)}"
    return f"du {_first(_formatted(monday, 'd MMMM'), monday)} au {full_date(last)}"


def and_list(values: Sequence[str]) -> str:
    """Names as ``Léa, Tom et Inès``."""
    return format_list(list(values), locale=LOCALE)
