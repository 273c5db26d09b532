"""Money, numbers and sizes as French readers write them, through Babel."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, format_decimal

from preau.wording.dates import LOCALE
from preau.wording.typography import MINUS, NBSP

_KILO = 1024
_EXACT = f"#,##0.00####{NBSP}¤"


@lru_cache(maxsize=4096)
def euros(cents: int) -> str:
    """Integer cents as ``1 234,50 €``, with no-break spaces and the sign for minus."""
    return format_currency(Decimal(cents) / 100, "EUR", locale=LOCALE).replace("-", MINUS)


def signed_euros(cents: int) -> str:
    """A difference in cents with its sign: ``+1,20 €``, ``−0,50 €``, ``0,00 €``."""
    return f"{'+' if cents > 0 else ''}{euros(cents)}"


@lru_cache(maxsize=4096)
def exact_euros(cents: Decimal) -> str:
    """Cents that need not be whole as ``0,3333 €``: two decimals, and up to six where they say more."""
    told = format_currency(cents / 100, "EUR", _EXACT, locale=LOCALE, currency_digits=False)
    return told.replace("-", MINUS)


def percentage(percent: Decimal) -> str:
    """A part of a hundred: ``12,5 %``, with up to six decimals where they say more."""
    return f"{format_decimal(percent, '#,##0.######', locale=LOCALE)}{NBSP}%".replace("-", MINUS)


def number(value: int | float | str | Decimal) -> str:
    """A plain number, grouped the French way."""
    return format_decimal(Decimal(str(value)), locale=LOCALE).replace("-", MINUS)


@lru_cache(maxsize=4096)
def quotient_familial(cents: int) -> str:
    """A quotient familial in hundredths of a euro: ``612``, ``1 024``, ``859,90``."""
    whole, rest = divmod(cents, 100)
    return format_decimal(Decimal(cents) / 100, "#,##0.00", locale=LOCALE) if rest else number(whole)


def file_size(octets: int) -> str:
    """A file's size in the unit a person reads: ``12 ko``, ``3,4 Mo``."""
    if octets < _KILO * _KILO:
        return f"{number(max(1, round(octets / _KILO)))}{NBSP}ko"
    return f"{number(round(octets / (_KILO * _KILO), 1))}{NBSP}Mo"
