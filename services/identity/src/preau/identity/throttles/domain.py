"""How tries are bounded: by waits that grow, and by budgets that fill again. Pure: no I/O, no clock."""

from datetime import timedelta
from typing import NamedTuple


class Backoff(NamedTuple):
    """``free`` failures cost nothing; then the wait doubles from ``first`` to ``longest``.

    All is forgotten after ``memory`` without a try.
    """

    free: int
    first: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=15)
    memory: timedelta = timedelta(hours=1)


class Budget(NamedTuple):
    """``burst`` tries at once; each comes back after ``each``."""

    burst: int
    each: timedelta

    @property
    def room(self) -> timedelta:
        """How far into the future a budget may be spent for one more try to be left."""
        return self.each * (self.burst - 1)
