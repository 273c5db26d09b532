"""The columns of a list, described once: for the page, for its sheets, for their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, Literal, TypeVar
from unicodedata import combining, normalize
from zoneinfo import ZoneInfo

from preau.wording.dates import as_date, as_instant, month

Row = TypeVar("Row")
Value = str | int | date | datetime | None
Kind = Literal["text", "number", "money", "day", "month", "moment", "state"]
"""How a value is written: money is in cents, a month "2026-03", a state a code that ``words`` names."""
Words = Mapping[str, tuple[str, str]] | Mapping[str, str]
"""The text of each code, with the tone of its badge where it has one."""
Link = tuple[str | None, str]
"""A text (None for the value as it is written) and where it leads."""
SheetValue = str | int | Decimal | date | datetime | None
"""A value as a spreadsheet holds it: euros, a day, an instant in civil time without its zone."""

AT_THE_END = frozenset({"number", "money"})


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. ``key`` stands in addresses (``tri=key``), ``value`` reads a row.

    ``links`` are shown in place of the value, ``note`` after it. A column that is not ``shown`` is in the
    sheets only. ``sortable`` says that the service knows an order of this name (its parameter ``sort``).
    """

    key: str
    title: str
    value: Callable[[Row], Value]
    kind: Kind = "text"
    words: Words | None = None
    links: Callable[[Row], Iterable[Link]] | None = None
    note: Callable[[Row], str] | None = None
    sortable: bool = False
    shown: bool = True

    @property
    def ways(self) -> tuple[str, str]:
        """How the two directions of its order are called."""
        if self.kind in ("day", "month", "moment"):
            return "du plus ancien au plus récent", "du plus récent au plus ancien"
        if self.kind in AT_THE_END:
            return "croissant", "décroissant"
        return "de A à Z", "de Z à A"

    @property
    def stands_at_the_end(self) -> bool:
        """Whether its values align on the right, as figures do."""
        return self.kind in AT_THE_END

    def keeps_its_line(self, row: Row, fewer: int) -> bool:
        """Whether the value is never written on two lines: a text of ``fewer`` signs, a figure, a state.

        A moment may break between its day and its hour.
        """
        if self.kind == "text":
            return len(self.word(row)) < fewer
        return self.kind != "moment"

    def word(self, row: Row) -> str:
        """The text of the row's code; the code itself when nobody has named it."""
        code = str(self.value(row) or "")
        named = (self.words or {}).get(code, code)
        return named if isinstance(named, str) else named[0]

    def tone(self, row: Row) -> str:
        """The tone of the badge of the row's code."""
        named = (self.words or {}).get(str(self.value(row)))
        return named[1] if isinstance(named, tuple) else "neutral"

    def for_sheet(self, row: Row, zone: ZoneInfo) -> SheetValue:
        """The value as a spreadsheet can count and sort with it."""
        value = self.value(row)
        if value is None or value == "":
            return None
        match self.kind:
            case "money":
                return Decimal(int(str(value))) / 100
            case "number":
                return int(str(value))
            case "day":
                return as_date(value) if isinstance(value, str | date) else None
            case "moment":
                instant = as_instant(value, zone) if isinstance(value, str | datetime) else None
                return instant.replace(tzinfo=None, microsecond=0) if instant else None
            case "month":
                return month(value) if isinstance(value, str | date) else None
            case "state" | "text":
                return self.word(row)


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of a list: a column, and whether the last comes first. In addresses "label" or "-label"."""

    key: str
    descending: bool = False

    @classmethod
    def read(cls, text: str, columns: Iterable[Column[Row]]) -> Sort | None:
        """The order that ``text`` asks for; None unless it names a sortable column."""
        key = text.removeprefix("-")
        if any(column.key == key and column.sortable for column in columns):
            return cls(key, descending=text.startswith("-"))
        return None

    def __str__(self) -> str:
        return f"-{self.key}" if self.descending else self.key


def spelled(text: str) -> str:
    """A text as a French dictionary orders it: case and accents do not count."""
    return "".join(sign for sign in normalize("NFKD", text) if not combining(sign)).casefold()
