"""A family's record, as identity publishes it."""

from typing import Any, Literal, TypedDict
from uuid import UUID

from preau.contracts.identity import Child, FamilyUpdatedV1

Delivery = Literal["mail", "paper"]
"""How a family's invoices reach it, as identity says."""


class FamilyRecord:
    """A family as it stood when its record was copied or frozen."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.event = FamilyUpdatedV1.model_validate(record)

    def children(self) -> tuple[Child, ...]:
        """Its own, and those that it has or pays for by their custodies."""
        return (*self.event.children, *self.event.shared_children)

    def has(self, child_id: UUID) -> bool:
        """Whether the child is its own."""
        return any(child.child_id == child_id for child in self.event.children)

    def child_name(self, child_id: UUID) -> str:
        """First and last name, or a neutral word for a child that the record no longer holds."""
        return next(
            (
                f"{child.first_name} {child.last_name}"
                for child in self.children()
                if child.child_id == child_id
            ),
            "Enfant",
        )


class Addressee(TypedDict):
    """Who an invoice is sent to, as printed on it."""

    label: str
    name: str
    street: str
    postal_code: str
    city: str


def addressee_of(event: FamilyUpdatedV1) -> Addressee:
    """The payer (else the first guardian) at the family's address."""
    guardians = sorted(event.guardians, key=lambda guardian: not guardian.is_payer)
    civility = {"mme": "Mme ", "m": "M. "}
    name = (
        f"{civility.get(guardians[0].civility, '')}{guardians[0].first_name} {guardians[0].last_name}"
        if guardians
        else event.label
    )
    return Addressee(
        label=event.label,
        name=name,
        street=event.address.street,
        postal_code=event.address.postal_code,
        city=event.address.city,
    )
