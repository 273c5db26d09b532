"""Custody of a child between two families of a commune: who has it, and so pays, on which day."""

from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from pydantic import Field

from preau.contracts.event import Part

CustodyKind = Literal["none", "weeks", "weekdays", "dates", "share"]
Side = Literal["home", "other"]
WHOLE = 100


class CustodyDates(Part):
    """Days, both included, on which one side has the child whatever the calendar says: holidays halved."""

    first_day: date
    last_day: date
    side: Side


class Custody(Part):
    """The custody of a child from ``effective_from`` (None: since always) to before ``effective_to``.

    The child's *home* family is the one whose record it stands in, ``family_id`` the *other* (None for kind
    ``none``: the home family has the child always). By kind, the other family has the child

    - ``weeks``: in the weeks that are even or odd by their number in the year (ISO 8601); a week of custody
      begins on the weekday ``changes_on`` (1 is Monday) of the calendar week that gives it its number;
    - ``weekdays``: on these weekdays (1 is Monday);
    - ``dates``: on the ``dates`` of its side alone;
    - ``share``: every day for ``percent`` of what is asked, the home family for the rest.

    ``dates`` go before what the kind says; of two that hold, the first counts.
    """

    kind: CustodyKind
    family_id: UUID | None = None
    weeks: Literal["even", "odd"] = "even"
    changes_on: int = Field(default=1, ge=1, le=7)
    weekdays: tuple[int, ...] = ()
    percent: int = Field(default=0, ge=0, le=WHOLE)
    dates: tuple[CustodyDates, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None

    def holds_on(self, day: date) -> bool:
        begun = self.effective_from is None or self.effective_from <= day
        return begun and (self.effective_to is None or day < self.effective_to)

    def other_percent(self, day: date) -> int:
        """What the other family pays of a day, in percent; the home family pays the rest."""
        if self.kind == "none":
            return 0
        agreed = next((each for each in self.dates if each.first_day <= day <= each.last_day), None)
        if agreed is not None:
            return WHOLE if agreed.side == "other" else 0
        match self.kind:
            case "share":
                return self.percent
            case "weekdays":
                return WHOLE if day.isoweekday() in self.weekdays else 0
            case "weeks":
                number = (day - timedelta(days=self.changes_on - 1)).isocalendar().week
                return WHOLE if (number % 2 == 0) == (self.weeks == "even") else 0
            case "dates":
                return 0
