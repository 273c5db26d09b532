"""What a deadline says of one day, in a sentence: the same instants as those that decide, and why."""

from datetime import date, datetime
from typing import NamedTuple

from preau.reservations.calendars.domain import SATURDAY, CommuneCalendar
from preau.reservations.deadlines.cut_offs import NEVER_OPEN, IsServed, cut_off, moved, opening
from preau.reservations.deadlines.domain import Deadline
from preau.wording.dates import dated_moment, weekday_date
from preau.wording.typography import NARROW_NBSP


class Explained(NamedTuple):
    """From when on and until when one may act on a day; without a ``cut_off`` it is not open at all."""

    opens: datetime | None
    cut_off: datetime | None
    reason: str


def explained(deadline: Deadline, day: date, calendar: CommuneCalendar, is_served: IsServed) -> Explained:
    """What a deadline says of ``day``."""
    limit = cut_off(deadline, day, calendar, is_served)
    if limit == NEVER_OPEN:
        return Explained(None, None, "pas ouvert")
    opens = opening(deadline, day, calendar)
    parts = [f"avant le {dated_moment(limit, calendar.zone)}"]
    if opens is not None:
        parts.append(f"à partir du {dated_moment(opens, calendar.zone)}")
    if (days := moved(deadline, day, calendar, is_served)) is not None:
        parts.append(f"avancé{NARROW_NBSP}: {_why_off(days[0], calendar)}")
    return Explained(opens, limit, ", ".join(parts))


def _why_off(day: date, calendar: CommuneCalendar) -> str:
    """Why a deadline does not fall on a day: "le mercredi 11 novembre 2026 est férié (Armistice)"."""
    told = f"le {weekday_date(day)}"
    if name := calendar.public_holiday(day):
        return f"{told} est férié ({name})"
    if day.weekday() >= SATURDAY:
        return f"{told} tombe un week-end"
    return f"{told} est en vacances ({calendar.school_holiday(day)})"
