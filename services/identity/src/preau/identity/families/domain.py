"""The record of a family, and what follows from it. Pure: no I/O, no clock."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import Literal
from uuid import UUID

from preau.contracts import identity as contract

Civility = Literal["", "mme", "m"]
Residency = Literal["resident", "non_resident"]
Level = Literal["nursery", "elementary", "other"]
Status = Literal["active", "closed"]


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
class ChildRecord:
    """A child of the family."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_date: date
    school: str
    class_name: str
    level: Level
    diet: str
    pickup_authorisations: tuple[Pickup, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotientEntry:
    """A quotient familial in whole euros, from a date (included) to another (excluded), or without end."""

    value: int
    effective_from: date
    effective_to: date | None = None


@dataclass(frozen=True, slots=True)
class FamilyRecord:
    """A family as the commune knows it; ``version`` grows with each change to any part of it."""

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


def with_ends(quotients: list[tuple[int, date]]) -> tuple[QuotientEntry, ...]:
    """Quotients by date, each ending where the next begins."""
    ordered = sorted(quotients, key=lambda entry: entry[1])
    ends = (effective_from for _, effective_from in ordered[1:])
    return tuple(
        QuotientEntry(value, effective_from, end)
        for (value, effective_from), end in zip_longest(ordered, ends)
    )


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
                diet=child.diet,
            )
            for child in record.children
        ),
        quotients=tuple(
            contract.Quotient(
                value=entry.value, effective_from=entry.effective_from, effective_to=entry.effective_to
            )
            for entry in record.quotients
        ),
    )
