"""What a price depends on: the charge, and the family as it stands on the day of the service."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from preau.billing.copies.families import FamilyRecord


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """What is priced: some units of an activity for a child on a day."""

    child_id: UUID
    activity_id: UUID
    service_date: date
    units: int = 1


@dataclass(frozen=True, slots=True)
class QuotientFacts:
    """A quotient in whole euros from ``effective_from`` (included) to ``effective_to`` (excluded)."""

    value: int
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """What a price may depend on. ``children`` are the children's ids, the eldest first."""

    resident: bool = True
    children: tuple[UUID, ...] = ()
    quotients: tuple[QuotientFacts, ...] = ()

    def quotient_on(self, day: date) -> int | None:
        """The quotient in force on a day, the latest if several are; ``None`` if none is known."""
        in_force = [
            quotient
            for quotient in self.quotients
            if quotient.effective_from <= day
            and (quotient.effective_to is None or day < quotient.effective_to)
        ]
        return max(in_force, key=lambda quotient: quotient.effective_from).value if in_force else None

    def rank_of(self, child_id: UUID) -> int:
        """1 for the eldest child; a child that the record does not hold counts as the eldest."""
        return self.children.index(child_id) + 1 if child_id in self.children else 1


def facts_of(family: FamilyRecord) -> FamilyFacts:
    """What prices may depend on in a family's record; twins rank by their ids."""
    eldest_first = sorted(family.event.children, key=lambda child: (child.birth_date, child.child_id))
    return FamilyFacts(
        resident=family.event.residency == "resident",
        children=tuple(child.child_id for child in eldest_first),
        quotients=tuple(
            QuotientFacts(quotient.value, quotient.effective_from, quotient.effective_to)
            for quotient in family.event.quotients
        ),
    )
