"""What billing reads in a family's record: facts for prices, the addressee of an invoice, names."""

from typing import Any, TypedDict
from uuid import UUID

from preau.billing.tariffs.domain import FamilyFacts, QuotientFacts
from preau.contracts.identity import FamilyUpdatedV1


class Addressee(TypedDict):
    """Who an invoice is sent to, as printed on it."""

    label: str
    name: str
    street: str
    postal_code: str
    city: str


class Family:
    """A family's record as it stood when it was copied or frozen."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.event = FamilyUpdatedV1.model_validate(record)

    @property
    def facts(self) -> FamilyFacts:
        """What prices may depend on; twins rank by their ids."""
        eldest_first = sorted(self.event.children, key=lambda child: (child.birth_date, child.child_id))
        return FamilyFacts(
            resident=self.event.residency == "resident",
            children=tuple(child.child_id for child in eldest_first),
            quotients=tuple(
                QuotientFacts(quotient.value, quotient.effective_from, quotient.effective_to)
                for quotient in self.event.quotients
            ),
        )

    @property
    def addressee(self) -> Addressee:
        """The payer (else the first guardian) at the family's address."""
        guardians = sorted(self.event.guardians, key=lambda guardian: not guardian.is_payer)
        civility = {"mme": "Mme ", "m": "M. "}
        name = (
            f"{civility.get(guardians[0].civility, '')}{guardians[0].first_name} {guardians[0].last_name}"
            if guardians
            else self.event.label
        )
        address = self.event.address
        return Addressee(
            label=self.event.label,
            name=name,
            street=address.street,
            postal_code=address.postal_code,
            city=address.city,
        )

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
