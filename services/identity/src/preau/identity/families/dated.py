"""Facts with dates: histories of what holds from a day on, each entry until the next begins. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What holds from a day (None: since always) to before another (None: without end)."""

    effective_from: date | None = None
    effective_to: date | None = None

    @property
    def first_day(self) -> date:
        """The day on which it begins, ``date.min`` when it holds since always."""
        return self.effective_from or date.min

    def holds_on(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.first_day <= day and (self.effective_to is None or day < self.effective_to)


Entry = TypeVar("Entry", bound=Dated)


def with_ends(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries of one history by date, each ending where the next begins."""
    ordered = sorted(entries, key=lambda entry: entry.first_day)
    ends = (entry.effective_from for entry in ordered[1:])
    return tuple(replace(entry, effective_to=end) for entry, end in zip_longest(ordered, ends))


def held_on(history: Sequence[Entry], day: date) -> Entry | None:
    """What holds on a day, None when nothing does; on ``date.min`` what holds since always."""
    return next((entry for entry in history if entry.holds_on(day)), None)


@dataclass(frozen=True, slots=True)
class Effect:
    """From when a change holds: from ``day``, else from the day on which it is made; or since always."""

    day: date | None = None
    since_always: bool = False

    def first_day(self, today: date) -> date:
        """The first day on which the change holds, ``date.min`` for always."""
        return date.min if self.since_always else self.day or today


FROM_TODAY = Effect()
"""A change that holds from the commune's today on."""
