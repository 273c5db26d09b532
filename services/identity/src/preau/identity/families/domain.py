"""The record of a family, and what follows from it. Pure: no I/O, no clock."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeVar
from uuid import UUID

from preau.contracts import identity as contract
from preau.contracts.event import Part
from preau.identity.families.dated import Dated, held_on

Told = TypeVar("Told", bound=Part)

Civility = Literal["", "mme", "m"]
Residency = Literal["resident", "non_resident"]
Level = Literal["nursery", "elementary", "other"]
Status = Literal["active", "closed"]
Delivery = Literal["mail", "paper"]
"""How a family's invoices reach it."""


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where a family lives."""

    street: str = ""
    postal_code: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class GuardianRecord:
    """A responsable of the family. ``contact_hidden``: e-mail and phone are left out for this reader."""

    guardian_id: UUID
    civility: Civility
    first_name: str
    last_name: str
    email: str
    phone: str
    is_payer: bool
    has_account: bool
    contact_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Pickup:
    """Someone who may fetch the child from ``valid_from`` to ``valid_to``, both included (or without end)."""

    person_name: str
    relation: str
    phone: str
    valid_from: date
    valid_to: date | None
    request_id: UUID


@dataclass(frozen=True, slots=True)
class ResidencyEntry(Dated):
    """Where the family lives, as prices see it: the code of a class of the commune's own."""

    residency: str


@dataclass(frozen=True, slots=True)
class PayerEntry(Dated):
    """Who receives the invoices."""

    guardian_id: UUID


@dataclass(frozen=True, slots=True)
class SchoolingEntry(Dated):
    """Where a child is at school; ``category`` is a code of the commune's own, "" for none."""

    school: str = ""
    class_name: str = ""
    level: Level = "elementary"
    category: str = ""


SCHOOLING = ("school", "class_name", "level", "category")
"""The facts of a schooling, which a child's record has as they are on the day it is published."""


@dataclass(frozen=True, slots=True)
class QuotientEntry(Dated):
    """A quotient familial in hundredths of a euro; it always has a first day.

    ``recorded_on`` is the commune's civil day on which it was entered, None when nobody noted it.
    """

    cents: int
    recorded_on: date | None = None

    @property
    def value(self) -> int:
        """The quotient in whole euros, rounded down."""
        return self.cents // 100


@dataclass(frozen=True, slots=True)
class ChildRecord:
    """A child of the family; school, class, level and category are those of the day it was published on.

    The child counts among the siblings from ``counts_from`` (None: since always) to before ``counts_to``.
    """

    child_id: UUID
    first_name: str
    last_name: str
    birth_date: date
    school: str
    class_name: str
    level: Level
    diet: str
    pickup_authorisations: tuple[Pickup, ...] = ()
    category: str = ""
    schoolings: tuple[SchoolingEntry, ...] = ()
    counts_from: date | None = None
    counts_to: date | None = None


@dataclass(frozen=True, slots=True)
class FamilyRecord:
    """A family as the commune knows it; ``version`` grows with each change to any part of it.

    ``residency`` (whether the class counts as resident) and the payer are those of the day on which this
    version was published. ``delivery`` is how the family wants its invoices.
    """

    family_id: UUID
    commune_id: UUID
    version: int
    label: str
    status: Status
    residency: Residency
    address: PostalAddress
    guardians: tuple[GuardianRecord, ...]
    children: tuple[ChildRecord, ...]
    quotients: tuple[QuotientEntry, ...]
    residencies: tuple[ResidencyEntry, ...] = ()
    payers: tuple[PayerEntry, ...] = ()
    delivery: Delivery = "mail"

    @property
    def delivered_by(self) -> Delivery:
        """How its invoices reach it: on paper also where nobody has an account, whatever was chosen."""
        has_account = any(person.has_account for person in self.guardians)
        return self.delivery if has_account else "paper"


def as_on(record: FamilyRecord, day: date, residents: Collection[str]) -> FamilyRecord:
    """The record with the residency, the payer and the schoolings that its histories have for a day.

    ``residents`` are the codes of the classes that count as resident.
    """
    held, payer = held_on(record.residencies, day), held_on(record.payers, day)
    residency: Residency = "resident" if held and held.residency in residents else "non_resident"
    return replace(
        record,
        residency=residency if held else record.residency,
        guardians=tuple(
            replace(person, is_payer=person.guardian_id == payer.guardian_id) if payer else person
            for person in record.guardians
        ),
        children=tuple(_child_on(child, day) for child in record.children),
    )


def _child_on(child: ChildRecord, day: date) -> ChildRecord:
    held = held_on(child.schoolings, day)
    if held is None:
        return child
    return replace(child, **{name: getattr(held, name) for name in SCHOOLING})


def plain(text: str) -> str:
    """Text as it is searched and sorted: lower case, without accents, single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    stripped = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(stripped.casefold().replace("-", " ").split())


def search_key(record: FamilyRecord) -> str:
    """All that an agent may type to find the family."""
    people = [
        *(f"{person.first_name} {person.last_name} {person.email}" for person in record.guardians),
        *(f"{child.first_name} {child.last_name}" for child in record.children),
    ]
    return plain(" | ".join([record.label, *people]))


def as_seen_by(record: FamilyRecord, guardian_id: UUID) -> FamilyRecord:
    """The record for one of its guardians: the other's contact details stay hidden."""
    return replace(
        record,
        guardians=tuple(
            person
            if person.guardian_id == guardian_id
            else replace(person, email="", phone="", contact_hidden=True)
            for person in record.guardians
        ),
    )


def as_event(record: FamilyRecord) -> contract.FamilyUpdatedV1:
    """The whole record as the other services get it."""
    return contract.FamilyUpdatedV1(
        commune_id=record.commune_id,
        aggregate_id=record.family_id,
        aggregate_version=record.version,
        label=record.label,
        status=record.status,
        residency=record.residency,
        address=contract.Address(
            street=record.address.street,
            postal_code=record.address.postal_code,
            city=record.address.city,
        ),
        guardians=tuple(
            contract.Guardian(
                guardian_id=person.guardian_id,
                civility=person.civility,
                first_name=person.first_name,
                last_name=person.last_name,
                email=person.email,
                phone=person.phone,
                is_payer=person.is_payer,
                has_account=person.has_account,
            )
            for person in record.guardians
        ),
        children=tuple(
            contract.Child(
                child_id=child.child_id,
                first_name=child.first_name,
                last_name=child.last_name,
                birth_date=child.birth_date,
                school=child.school,
                class_name=child.class_name,
                level=child.level,
                category=child.category,
                diet=child.diet,
                schoolings=tuple(_told(contract.Schooling, entry) for entry in child.schoolings),
                counts_from=child.counts_from,
                counts_to=child.counts_to,
            )
            for child in record.children
        ),
        quotients=tuple(_told(contract.Quotient, entry) for entry in record.quotients),
        residencies=tuple(_told(contract.ResidencyPeriod, entry) for entry in record.residencies),
        payers=tuple(_told(contract.PayerPeriod, entry) for entry in record.payers),
        delivery=record.delivered_by,
    )


def _told(part: type[Told], entry: Dated) -> Told:
    """An entry of a history as the contract has it: field by field."""
    return part.model_validate(entry, from_attributes=True)
