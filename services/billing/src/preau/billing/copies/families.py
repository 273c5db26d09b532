"""A family's record, as identity publishes it."""

from typing import Any
from uuid import UUID

from preau.contracts.identity import FamilyUpdatedV1


class FamilyRecord:
    """A family as it stood when its record was copied or frozen."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.event = FamilyUpdatedV1.model_validate(record)

    def has(self, child_id: UUID) -> bool:
        return any(child.child_id == child_id for child in self.event.children)

    def child_name(self, child_id: UUID) -> str:
        """First and last name, or a neutral word for a child that the record no longer holds."""
        return next(
            (
                f"{child.first_name} {child.last_name}"
                for child in self.event.children
                if child.child_id == child_id
            ),
            "Enfant",
        )
