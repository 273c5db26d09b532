"""How the pages write money, days and instants, in French, through Babel.

Values come from JSON: dates and instants may be ISO strings. Nothing here knows the current time.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

LOCALE = "fr_FR"
PARIS = "Europe/Paris"


def as_date(value: date | str) -> date:
    """A service date, from a date or its ISO form. Raises ValueError when it is neither."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(value[:10])


def as_instant(value: datetime | str, zone: str = PARIS) -> datetime:
    """An instant in the commune's civil time. Raises ValueError when it is not one."""
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant.astimezone(ZoneInfo(zone))


def money(cents: int | None) -> str:
    """Integer cents as "3,45 €"."""
    return format_currency(Decimal(cents or 0) / 100, "EUR", locale=LOCALE)


def number(value: int | float | str | None) -> str:
    """A plain number, grouped the French way."""
    return "" if value is None else format_decimal(Decimal(str(value)), locale=LOCALE)


def _first(text: str, day: date) -> str:
    """French says "1er mars", which the patterns of the locale data do not."""
    return text.replace("1 ", "1er ", 1) if day.day == 1 else text


def day(value: date | str, today: date | str | None = None) -> str:
    """A date as "jeudi 12 mars", with its year when it is not the year of ``today``."""
    on = as_date(value)
    shows_year = today is not None and as_date(today).year != on.year
    text = format_date(on, "d MMMM y" if shows_year else "d MMMM", locale=LOCALE)
    return f"{format_date(on, 'EEEE', locale=LOCALE)} {_first(text, on)}"


def full_date(value: date | str) -> str:
    """A date as "12 mars 2026"."""
    on = as_date(value)
    return _first(format_date(on, "d MMMM y", locale=LOCALE), on)


def short_date(value: date | str) -> str:
    """A date as "12/03/2026"."""
    return format_date(as_date(value), "dd/MM/y", locale=LOCALE)


def weekday_short(value: date | str) -> str:
    """A date's weekday as "jeu."."""
    return format_date(as_date(value), "EEE", locale=LOCALE)


def month(value: date | str) -> str:
    """A period "2026-03" (or a date in it) as "mars 2026"."""
    text = value if isinstance(value, str) else value.isoformat()
    return format_date(date.fromisoformat(f"{text[:7]}-01"), "LLLL y", locale=LOCALE)


def clock(value: datetime | str, zone: str = PARIS) -> str:
    """An instant's civil time as "12 h" or "12 h 05"."""
    at = as_instant(value, zone)
    return f"{at.hour}\u00a0h" if at.minute == 0 else f"{at.hour}\u00a0h\u00a0{at.minute:02d}"


def moment(value: datetime | str, today: date | str | None = None, zone: str = PARIS) -> str:
    """An instant as "jeudi 12 mars à 12 h"."""
    return f"{day(as_instant(value, zone).date(), today)} à {clock(value, zone)}"


def week_title(monday: date, last: date) -> str:
    """A week as "du 16 au 20 mars" or "du 30 mars au 3 avril 2026"."""
    if monday.month == last.month:
        return f"du {'1er' if monday.day == 1 else monday.day} au {full_date(last)}"
    start = _first(format_date(monday, "d MMMM", locale=LOCALE), monday)
    return f"du {start} au {full_date(last)}"


def and_list(values: list[str]) -> str:
    """Names as "Léa, Tom et Inès"."""
    return format_list(values, locale=LOCALE)


def due_phrase(days_to_due: int) -> str:
    """The days to a due date as a parent reads them."""
    if days_to_due < 0:
        late = -days_to_due
        return f"délai dépassé depuis {late} jour{'s' if late > 1 else ''}"
    if days_to_due == 0:
        return "à payer aujourd’hui"
    return f"{days_to_due} jour{'s' if days_to_due > 1 else ''} avant l’échéance"


def telephone(value: str | None) -> str:
    """A French telephone number in pairs; any other one as it is."""
    digits = (value or "").replace(" ", "").replace(".", "")
    if len(digits) == 10 and digits.isdigit() and digits.startswith("0"):
        return "\u00a0".join(digits[i : i + 2] for i in range(0, 10, 2))
    return value or ""


def sentence(text: str) -> str:
    """A text with a capital first letter, the others as they are."""
    return text[:1].upper() + text[1:]


def answer(line: dict[str, str]) -> str:
    """An answer to a request's form as a person reads it, by the field's kind."""
    if line["kind"] == "date":
        try:
            return full_date(line["value"])
        except ValueError:
            return line["text"]
    return telephone(line["text"]) if line["kind"] == "phone" else line["text"]


def file_size(octets: int) -> str:
    """A file's size in the unit a person reads."""
    if octets < 1024 * 1024:
        return f"{number(max(1, round(octets / 1024)))}\u00a0ko"
    return f"{number(round(octets / (1024 * 1024), 1))}\u00a0Mo"


FILTERS = {
    "money": money,
    "number": number,
    "day": day,
    "full_date": full_date,
    "short_date": short_date,
    "weekday_short": weekday_short,
    "month": month,
    "clock": clock,
    "moment": moment,
    "and_list": and_list,
    "due_phrase": due_phrase,
    "telephone": telephone,
    "file_size": file_size,
    "sentence": sentence,
    "answer": answer,
}
