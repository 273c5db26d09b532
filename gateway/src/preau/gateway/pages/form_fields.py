"""The fields of forms: what people type, read as days, numbers and amounts, and what is said when it is none.

Every message is a whole sentence: it stands by its field and alone in the summary of errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from preau.common.http.texts import shows_nothing
from preau.gateway.pages.input_values import day_of, whole_number
from preau.wording.names import of

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_AMOUNT = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
_EUROS = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,2})?")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_LARGE = re.compile(r"[0-9]{10,}([.,][0-9]{1,2})?€?")
_BELOW = re.compile(r"[-−][0-9]+")
_SPACES = re.compile(r"[\s\u202f\u00a0]")

TOO_LARGE = "Ce nombre est trop grand."

WRONG, UNNAMED = "wrong", "wrong-value"
"""The types of the errors whose message is for people as it stands; the second does not name the field."""


def wrong(message: str, kind: str = WRONG) -> PydanticCustomError:
    """An error with its sentence."""
    return PydanticCustomError(kind, message.replace("{", "(").replace("}", ")"))  # pyright: ignore[reportArgumentType]


def is_empty(value: object) -> bool:
    """Whether nothing was typed or chosen; a text of signs that show nothing is none."""
    return value in ("", None, [], ()) or (isinstance(value, str) and shows_nothing(value))


@dataclass(frozen=True, slots=True)
class Needed:
    """Must be filled in; ``message`` says so. ``{of}`` in it names whom the earlier field ``by`` names."""

    message: str
    by: str = ""
    otherwise: str = ""
    """The message while ``by`` is empty."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(self._checked, handler(source))

    def _checked(self, value: object, info: ValidationInfo) -> object:
        if not is_empty(value):
            return value
        name = info.data.get(self.by) if self.by else None
        if name:
            raise wrong(self.message.replace("{of}", of(str(name))))
        raise wrong(self.otherwise or self.message)


@dataclass(frozen=True, slots=True)
class NeededWith:
    """Must be filled in when the earlier field ``name`` has one of ``values`` (any, when none is given)."""

    name: str
    values: tuple[object, ...]
    message: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(self._checked, handler(source))

    def _checked(self, value: object, info: ValidationInfo) -> object:
        other = info.data.get(self.name)
        wanted = other in self.values if self.values else bool(other)
        if wanted and is_empty(value):
            raise wrong(self.message)
        return value


@dataclass(frozen=True, slots=True)
class Against:
    """``holds`` compares the earlier field ``name`` and this one; ``message`` is said when it does not."""

    name: str
    holds: Callable[[Any, Any], bool]
    message: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self._checked, handler(source))

    def _checked(self, value: Any, info: ValidationInfo) -> Any:
        other = info.data.get(self.name)
        if not is_empty(other) and not is_empty(value) and not self.holds(other, value):
            raise wrong(self.message)
        return value


def same_as(name: str, message: str) -> Against:
    """The same text as in the earlier field."""
    return Against(name, lambda first, second: first == second, message)


def not_before(name: str, message: str) -> Against:
    """No day before that of the earlier field."""
    return Against(name, lambda first, second: first <= second, message)


def _read(typed: object, reader: Callable[[str], Any], message: str, too_large: str = "") -> Any:
    """None for nothing typed, which only a field with a default of None lets in.

    ``too_large`` is said of a number that is one and has more digits than ``reader`` takes.
    """
    if typed is None or not isinstance(typed, str):
        return typed
    found = reader(typed)
    if found is None:
        raise wrong(too_large if too_large and _LARGE.fullmatch(_SPACES.sub("", typed)) else message, UNNAMED)
    return found


def number_of(typed: str) -> Decimal | None:
    """ "12,5", "−12,5" or "12,5 %" as a number with the digits typed, None when it is none."""
    plain = _SPACES.sub("", typed).replace("−", "-").replace(",", ".").removesuffix("%").removeprefix("+")
    return Decimal(plain) if _AMOUNT.fullmatch(plain) else None


def time_of(typed: str) -> time | None:
    """ "18:30" or "18 h 30" as a time of the day, None when it is none."""
    plain = _SPACES.sub("", typed).replace("h", ":")
    try:
        return time.fromisoformat(plain) if _TIME.fullmatch(plain) else None
    except ValueError:
        return None


def _day(typed: object) -> Any:
    return _read(typed, day_of, "Cette date n’est pas valide : donnez-la comme 12/03/2026.")


def _whole(typed: object) -> Any:
    if isinstance(typed, str) and _BELOW.fullmatch(_SPACES.sub("", typed)):
        raise wrong("Un nombre positif est attendu, par exemple 12.", UNNAMED)
    return _read(typed, whole_number, "Un nombre entier est attendu, par exemple 12.", TOO_LARGE)


def cents_of(typed: str) -> int | None:
    """Euros as typed ("1 200,50 €") in cents, None when they are no amount."""
    plain = _SPACES.sub("", typed).replace("−", "-").replace(",", ".").removesuffix("€")
    return int(Decimal(plain) * 100) if _EUROS.fullmatch(plain) else None


def _cents(typed: object) -> Any:
    return _read(typed, cents_of, "Un montant est attendu, par exemple 3,45.", "Ce montant est trop grand.")


def _asked(cents: int) -> int:
    if cents <= 0:
        raise wrong("Un montant au-dessus de zéro est attendu, par exemple 3,45.", UNNAMED)
    return cents


def _number(typed: object) -> Any:
    return _read(typed, number_of, "Un nombre est attendu, par exemple 10 ou 12,5.", TOO_LARGE)


def _signed(typed: object) -> Any:
    found = _read(typed, number_of, "Un nombre entier est attendu, par exemple 1 ou −1.", TOO_LARGE)
    if isinstance(found, Decimal) and found != int(found):
        raise wrong("Un nombre entier est attendu, par exemple 1 ou −1.", UNNAMED)
    return found


def _time(typed: object) -> Any:
    return _read(typed, time_of, "Une heure est attendue, par exemple 18:30.")


def _month(typed: object) -> Any:
    return _read(typed, lambda text: text if _MONTH.fullmatch(text) else None, "Ce mois n’est pas valide.")


def _email(typed: str) -> str:
    if typed and not _EMAIL.fullmatch(typed):
        raise wrong("Cette adresse e-mail n’est pas complète : elle s’écrit comme nom@exemple.fr.")
    return typed


Day = Annotated[date, BeforeValidator(_day)]
PerhapsDay = Annotated[date | None, BeforeValidator(_day)]
Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number, from 0 on."""
PerhapsWhole = Annotated[int | None, BeforeValidator(_whole)]
Cents = Annotated[int, BeforeValidator(_cents)]
"""Euros as typed, in cents."""
CentsAsked = Annotated[Cents, AfterValidator(_asked)]
"""Euros as typed, in cents, above nought."""
PerhapsCents = Annotated[int | None, BeforeValidator(_cents)]
Number = Annotated[Decimal, BeforeValidator(_number)]
"""A number with its decimals, as they are typed."""
PerhapsNumber = Annotated[Decimal | None, BeforeValidator(_number)]
PerhapsSigned = Annotated[int | None, BeforeValidator(_signed)]
"""A whole number, above or below nought."""
PerhapsTime = Annotated[time | None, BeforeValidator(_time)]
Month = Annotated[str, BeforeValidator(_month)]
""" "2026-03"."""
PerhapsMonth = Annotated[str | None, BeforeValidator(_month)]
Email = Annotated[str, AfterValidator(_email)]
"""An address as far as it can be seen by its form; the service has the last word."""
Ticked = Annotated[bool, BeforeValidator(bool)]
"""A box: sent at all, it was ticked."""
