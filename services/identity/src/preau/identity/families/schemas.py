"""Families over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Phone, PostalCode
from preau.identity.credentials.domain import valid_email
from preau.identity.families.domain import Civility, Level, Residency, Status

Name = Annotated[str, Field(min_length=1, max_length=80)]
Label = Annotated[str, Field(max_length=80)]
BirthDate = Annotated[date, Field(ge=date(1990, 1, 1))]
QuotientValue = Annotated[int, Field(ge=0, le=100_000)]


class AddressIn(RequestModel):
    """A postal address."""

    street: str = Field(default="", max_length=200)
    postal_code: PostalCode = ""
    city: str = Field(default="", max_length=80)


class GuardianIn(RequestModel):
    """A responsable to add."""

    civility: Civility = ""
    first_name: Name
    last_name: Name
    email: str = Field(default="", max_length=320)
    phone: Phone = ""
    is_payer: bool = False

    @field_validator("email")
    @classmethod
    def _valid(cls, address: str) -> str:
        return valid_email(address) if address else address


class ChildIn(RequestModel):
    """A child to add."""

    first_name: Name
    last_name: Name
    birth_date: BirthDate
    school: Label = ""
    class_name: Label = ""
    level: Level = "elementary"
    diet: Label = ""


class QuotientIn(RequestModel):
    """A quotient familial in whole euros, from a day on."""

    value: QuotientValue
    effective_from: date


class FamilyIn(RequestModel):
    """A family to register."""

    label: str = Field(min_length=1, max_length=120)
    residency: Residency = "resident"
    address: AddressIn = AddressIn()
    guardians: list[GuardianIn] = Field(min_length=1, max_length=6)
    children: list[ChildIn] = Field(default_factory=list[ChildIn], max_length=20)
    quotients: list[QuotientIn] = Field(default_factory=list[QuotientIn], max_length=50)
    known_family: bool = False
    """That the commune has a family with these persons is known and meant: children live in two homes."""


class FamilyPatch(RequestModel):
    """Changes to the family itself; what is absent stays."""

    label: str | None = Field(default=None, min_length=1, max_length=120)
    status: Status | None = None
    residency: Residency | None = None
    address: AddressIn | None = None


class GuardianPatch(RequestModel):
    """Changes to a responsable; what is absent stays. ``is_payer`` can be taken, not laid down."""

    civility: Civility | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    email: str | None = Field(default=None, max_length=320)
    phone: Phone | None = None
    is_payer: bool | None = None

    @field_validator("email")
    @classmethod
    def _valid(cls, address: str | None) -> str | None:
        return valid_email(address) if address else address


class ChildPatch(RequestModel):
    """Changes to a child; what is absent stays."""

    first_name: Name | None = None
    last_name: Name | None = None
    birth_date: BirthDate | None = None
    school: Label | None = None
    class_name: Label | None = None
    level: Level | None = None
    diet: Label | None = None


class AddressOut(ResponseModel):
    """A postal address."""

    street: str
    postal_code: str
    city: str


class GuardianOut(ResponseModel):
    """A responsable; ``contact_hidden`` when e-mail and phone are left out for the reader."""

    guardian_id: UUID
    civility: Civility
    first_name: str
    last_name: str
    email: str
    phone: str
    is_payer: bool
    has_account: bool
    contact_hidden: bool


class PickupOut(ResponseModel):
    """Someone who may fetch the child, from a day to another (both included) or without end."""

    person_name: str
    relation: str
    phone: str
    valid_from: date
    valid_to: date | None
    request_id: UUID


class ChildOut(ResponseModel):
    """A child of the family."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_date: date
    school: str
    class_name: str
    level: Level
    diet: str
    pickup_authorisations: list[PickupOut]


class QuotientOut(ResponseModel):
    """A quotient familial, from a day (included) to another (excluded) or without end."""

    value: int
    effective_from: date
    effective_to: date | None


class FamilyOut(ResponseModel):
    """The whole record of a family."""

    family_id: UUID
    commune_id: UUID
    version: int
    label: str
    status: Status
    residency: Residency
    address: AddressOut
    guardians: list[GuardianOut]
    children: list[ChildOut]
    quotients: list[QuotientOut]
