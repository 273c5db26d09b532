"""The record of a family, and what follows from it. Pure: no I/O, no clock."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeVar
from uuid import UUID

from preau.contracts import identity as contract
from preau.contracts.event import Part
from preau.identity.families import custodies
from preau.identity.families.custodies import CustodyEntry
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
    ``custodies`` say who has it; none: its family always.
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
    custodies: tuple[CustodyEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedChild:
    """A child of another family, its home, that a family has or pays for by custody.

    ``home_hidden``: all but the first name and the days is left out for this reader.
    """

    child: ChildRecord
    home_family_id: UUID | None
    home_family_label: str
    home_hidden: bool = False

    @property
    def child_id(self) -> UUID:
        return self.child.child_id

    @property
    def first_name(self) -> str:
        return self.child.first_name

    @property
    def last_name(self) -> str:
        return self.child.last_name

    @property
    def custodies(self) -> tuple[CustodyEntry, ...]:
        return self.child.custodies


@dataclass(frozen=True, slots=True)
class FamilyRecord:
    """A family as the commune knows it; ``version`` grows with each change to any part of it.

    ``residency`` (whether the class counts as resident) and the payer are those of the day on which this
    version was published. ``delivery`` is how the family wants its invoices. ``shared_children`` are those
    of other families whose custodies name this one.
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
    shared_children: tuple[SharedChild, ...] = ()

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
        shared_children=shared_on(record, day),
    )


def shared_on(record: FamilyRecord, day: date) -> tuple[SharedChild, ...]:
    """The children of other families with the schoolings that their histories have for a day."""
    return tuple(replace(each, child=_child_on(each.child, day)) for each in record.shared_children)


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
    """The record for one of its guardians.

    The other's contact details stay hidden; of other families their label as who has a child, no more.
    """
    return replace(
        record,
        children=tuple(
            replace(child, custodies=tuple(replace(each, family_id=None) for each in child.custodies))
            for child in record.children
        ),
        shared_children=tuple(_without_home(each, record.family_id) for each in record.shared_children),
        guardians=tuple(
            person
            if person.guardian_id == guardian_id
            else replace(person, email="", phone="", contact_hidden=True)
            for person in record.guardians
        ),
    )


def _without_home(shared: SharedChild, family_id: UUID) -> SharedChild:
    """A child of two homes for the parents of the other one: its first name and their days."""
    its = tuple(
        replace(each, family_id=None, family_label="")
        for each in shared.custodies
        if each.family_id == family_id
    )
    return SharedChild(
        ChildRecord(
            child_id=shared.child_id,
            first_name=shared.first_name,
            last_name="",
            birth_date=date.min,
            school="",
            class_name="",
            level="other",
            diet="",
            custodies=tuple(replace(each, family_id=None, family_label="") for each in its),
        ),
        home_family_id=None,
        home_family_label="",
        home_hidden=True,
    )


def why_open(record: FamilyRecord, day: date) -> str:
    """Why the family cannot be closed: children are between it and another one on that day or later."""
    its = [(child, False) for child in record.children if custodies.not_over(child.custodies, day)]
    its += [
        (each.child, True)
        for each in record.shared_children
        if any(one.family_id == record.family_id for one in custodies.not_over(each.custodies, day))
    ]
    if not its:
        return ""
    child, of_another = its[0]
    where = "cette famille et celle de sa fiche" if of_another else "cette famille et une autre"
    return (
        f"La garde de {child.first_name} {child.last_name} est partagée entre {where} :"
        " mettez-y fin d’abord, sur la page de sa garde."
    )


def others_to_tell(before: FamilyRecord, after: FamilyRecord) -> list[UUID]:
    """The other families whose events would say something else of this one's children than before."""
    named = custodies.named(child.custodies for record in (before, after) for child in record.children)
    return sorted(each for each in named if _shared_with(before, each) != _shared_with(after, each))


def _shared_with(record: FamilyRecord, family_id: UUID) -> list[contract.Child]:
    """What the event of another family says of this one's children."""
    return [
        _told_shared(child, family_id)
        for child in record.children
        if any(each.family_id == family_id for each in child.custodies)
    ]


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
        children=tuple(_told_child(child) for child in record.children),
        quotients=tuple(_told(contract.Quotient, entry) for entry in record.quotients),
        residencies=tuple(_told(contract.ResidencyPeriod, entry) for entry in record.residencies),
        payers=tuple(_told(contract.PayerPeriod, entry) for entry in record.payers),
        delivery=record.delivered_by,
        shared_children=tuple(_told_shared(each.child, record.family_id) for each in record.shared_children),
    )


def _told_child(child: ChildRecord) -> contract.Child:
    return contract.Child(
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
        custodies=tuple(custodies.told(entry) for entry in child.custodies),
    )


def _told_shared(child: ChildRecord, family_id: UUID) -> contract.Child:
    """A child as the event of the other family has it: it counts there while custodies name that family."""
    begins, ends = custodies.span(child.custodies, family_id)
    first = max(child.counts_from or date.min, begins or date.min)
    end = min(child.counts_to or date.max, ends or date.max)
    return _told_child(
        replace(
            child,
            counts_from=None if first == date.min else first,
            counts_to=None if end == date.max else end,
        )
    )


def _told(part: type[Told], entry: Dated) -> Told:
    """An entry of a history as the contract has it: field by field."""
    return part.model_validate(entry, from_attributes=True)
