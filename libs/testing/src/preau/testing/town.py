"""A commune and its families as identity tells of them: the one builder of every service's tests."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from preau.common.auth.subjects import Membership
from preau.common.ids import new_id
from preau.contracts.identity import Address, Child, CommuneUpdatedV1, FamilyUpdatedV1, Guardian, Quotient

FIRST_NAMES = ("Zoé", "Malo", "Inès", "Tom", "Lina")
CLASSES = ("CE1", "CP", "GS", "CM1", "CM2")


def commune_event(commune_id: UUID, slug: str = "jolieville", **changes: Any) -> CommuneUpdatedV1:
    """What identity says of a commune."""
    facts: dict[str, Any] = {
        "commune_id": commune_id,
        "aggregate_id": commune_id,
        "slug": slug,
        "name": slug.capitalize(),
        "contact_email": f"accueil@{slug}.example",
        "contact_phone": "01 23 45 67 89",
    }
    return CommuneUpdatedV1(**(facts | changes))


@dataclass
class Household:
    """A family of ``commune_id``: Léa, who pays, and children of whom the first is the eldest."""

    commune_id: UUID
    label: str = "Martin"
    size: int = 1
    """How many children."""
    quotient: int | None = None
    """Whole euros, from September 2025 on."""
    residency: str = "resident"
    has_account: bool = True
    family_id: UUID = field(default_factory=new_id)
    guardian_id: UUID = field(default_factory=new_id)
    account_id: UUID = field(default_factory=new_id)
    version: int = 0

    def __post_init__(self) -> None:
        self.children = [new_id() for _ in range(self.size)]

    @property
    def last_name(self) -> str:
        return self.label.removeprefix("Famille ")

    @property
    def child_id(self) -> UUID:
        return self.children[0]

    @property
    def membership(self) -> Membership:
        return Membership(self.commune_id, self.family_id, self.guardian_id)

    def event(self, **changes: Any) -> FamilyUpdatedV1:
        """What identity says of the family now: a version later each time, unless one is given."""
        self.version += 1
        facts: dict[str, Any] = {
            "commune_id": self.commune_id,
            "aggregate_id": self.family_id,
            "aggregate_version": self.version,
            "label": self.label,
            "residency": self.residency,
            "address": Address(street="3 rue des Lilas", postal_code="38000", city="Jolieville"),
            "guardians": (
                Guardian(
                    guardian_id=self.guardian_id,
                    civility="mme",
                    first_name="Léa",
                    last_name=self.last_name,
                    email="lea@example.org",
                    is_payer=True,
                    has_account=self.has_account,
                ),
            ),
            "children": tuple(
                Child(
                    child_id=child_id,
                    first_name=FIRST_NAMES[rank],
                    last_name=self.last_name,
                    birth_date=date(2015 + rank, 5, 4),
                    class_name=CLASSES[rank],
                )
                for rank, child_id in enumerate(self.children)
            ),
            "quotients": ()
            if self.quotient is None
            else (Quotient(value=self.quotient, effective_from=date(2025, 9, 1)),),
        }
        return FamilyUpdatedV1(**(facts | changes))
