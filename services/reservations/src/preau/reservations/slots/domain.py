"""Places of an activity on a day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

SlotKey = tuple[UUID, date]
"""An activity and a day."""


@dataclass(frozen=True, slots=True)
class Places:
    """The capacity of an activity on a day, and how much of it is used.

    Without ``slot_id`` nobody has needed a slot yet.
    """

    capacity: int
    used: int = 0
    slot_id: UUID | None = None

    @property
    def remaining(self) -> int:
        return max(0, self.capacity - self.used)
