"""Money, numbers and sizes as French readers write them, through Babel."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, format_decimal

from preau.wording.dates import LOCALE
from preau.wording.typography import MINUS, NBSP

_KILO = 1024


@lru_cache(maxsize=4096)
def euros(cents: int) -> str:
    """Integer cents as ``1 234,50 €``, with no-break spaces and the sign for minus."""
    return format_currency(Decimal(cents) / 100, "EUR", locale=LOCALE).replace("-", MINUS)


def number(value: int | float | str | Decimal) -> str:
    """A plain number, grouped the French way."""
    return format_decimal(Decimal(str(value)), locale=LOCALE).replace("-", MINUS)


def quotient_familial(cents: int) -> str:
    """A quotient familial in hundredths of a euro: ``612``, ``1 024``, ``859,90``."""
    whole, rest = divmod(cents, 100)
    return format_decimal(Decimal(cents) / 100, "#,##0.00", locale=LOCALE) if rest else number(whole)


def file_size(octets: int) -> str:
    """A file's size in the unit a person reads: ``12 ko``, ``3,4 Mo``."""
    if octets < _KILO * _KILO:
        return f"{number(max(1, round(octets / _KILO)))}{NBSP}ko"
    return f"{number(round(octets / (_KILO * _KILO), 1))}{NBSP}Mo"
