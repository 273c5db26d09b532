"""Which numbers hold what was typed: their places in each series, without looking at an invoice. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from uuid import UUID

from preau.billing.invoices.domain import number

_SHORT = re.compile(r"(.*[0-9]{4})[-/\s]+([0-9]{1,5})")
"""A number whose position is written without its zeros."""
_WIDTHS = ((6, 1, 999_999), (7, 1_000_000, 9_999_999))
"""How many digits positions have, from the first to the last that has so many."""


class Series(NamedTuple):
    """The numbers that a régie gave in a year."""

    regie_id: UUID
    year: int
    prefix: str
    last: int


class Positions(NamedTuple):
    """Positions that follow each other in a series, both ends included."""

    regie_id: UUID
    year: int
    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1


def squeezed(text: str) -> str:
    """A number as it is compared: its letters and digits, in lower case."""
    return re.sub(r"[^0-9a-z]", "", text.lower())


def parts_of(typed: str) -> list[str]:
    """What the number may hold of what was typed; "RS 2026-42" may also leave out zeros."""
    parts = {squeezed(typed)}
    if found := _SHORT.fullmatch(typed.strip()):
        parts.add(squeezed(found[1]) + found[2].zfill(6))
    return sorted(parts - {""})


def positions(series: Iterable[Series], parts: Iterable[str], *, most: int) -> list[Positions] | None:
    """Where the numbers stand that hold one of ``parts``; ``None`` when they are more than ``most``."""
    found: list[Positions] = []
    count, parts = 0, list(parts)
    for each in series:
        head = squeezed(number(each.prefix, each.year, 0))[:-6]
        for part in parts:
            for first, last in _ranges(head, part, each.last):
                found.append(Positions(each.regie_id, each.year, first, last))
                count += found[-1].size
                if count > most:
                    return None
    return found


def years_of(series: Iterable[Series], parts: Iterable[str]) -> list[int]:
    """The years of which a number holds one of ``parts``."""
    parts = list(parts)
    return sorted({each.year for each in series if positions([each], parts, most=0) is None})


def _ranges(head: str, part: str, last: int) -> Iterator[tuple[int, int]]:
    if part in head:
        yield 1, last
        return
    for digits, lowest, highest in _WIDTHS:
        top = min(highest, last)
        for first, width in _within(head, part, digits, top):
            if (begin := max(first, lowest)) <= (end := min(first + width - 1, top)):
                yield begin, end


def _within(head: str, part: str, digits: int, top: int) -> Iterator[tuple[int, int]]:
    """The first position and how many follow it: across the head's end, then within the position."""
    for length in range(1, min(digits + 1, len(part))):
        if part[-length:].isdigit() and head.endswith(part[:-length]):
            width = 10 ** (digits - length)
            yield int(part[-length:]) * width, width
    if part.isdigit() and len(part) <= digits:
        for before in range(digits - len(part) + 1):
            width = 10 ** (digits - len(part) - before)
            step = width * 10 ** len(part)
            for start in range(int(part) * width, min(top + 1, step * 10**before), step):
                yield start, width
