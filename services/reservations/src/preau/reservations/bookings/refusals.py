"""Why a wish is refused, and the problem documents that say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from preau.common.errors import Conflict
from preau.reservations.bookings.domain import Wish

OverrideBy = Literal["agent", "nobody"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, in French; until when it was possible; who can do it all the same."""

    rule: str
    reason: str
    cut_off: datetime | None = None
    override_by: OverrideBy = "agent"


class RefusedByRule(Conflict):
    """A rule of the commune says no; ``refusal`` is which and why."""

    type, title = "refused-by-rule", "Refusé par le règlement"


class DeadlinePassed(Conflict):
    """It is too late: ``cut_off`` was the first instant at which it was."""

    type, title = "deadline-passed", "Délai dépassé"


class SlotFull(Conflict):
    """No place is left."""

    type, title = "slot-full", "Complet"


class RefusedLine(NamedTuple):
    """A line that a rule refuses."""

    wish: Wish
    refusal: Refusal

    def document(self) -> dict[str, Any]:
        """The line as a member of a problem document."""
        return {
            "child_id": str(self.wish.child_id),
            "activity_id": str(self.wish.activity_id),
            "date": self.wish.day.isoformat(),
            "action": self.wish.action,
            "refusal": refusal_document(self.refusal),
        }


TOO_LATE = frozenset({"booking-deadline", "cancellation-deadline", "past"})


def refusal_document(refusal: Refusal) -> dict[str, Any]:
    """A refusal as a member of a problem document."""
    return {
        "rule": refusal.rule,
        "reason": refusal.reason,
        "cut_off": refusal.cut_off.isoformat() if refusal.cut_off else None,
        "override_by": refusal.override_by,
    }


def problem(lines: Sequence[RefusedLine]) -> Conflict:
    """The problem that holds all the refused lines; its type goes by the first."""
    first = lines[0].refusal
    kind: type[Conflict] = RefusedByRule
    if first.rule in TOO_LATE:
        kind = DeadlinePassed
    elif first.rule == "full":
        kind = SlotFull
    return kind(
        first.reason,
        **refusal_document(first),
        refusal=refusal_document(first),
        lines=[line.document() for line in lines],
    )
