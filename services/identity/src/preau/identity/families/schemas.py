"""Families over HTTP."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.texts import Phone, PostalCode, Shaped
from preau.contracts.custody import CustodyDates, CustodyKind, Side
from preau.identity.credentials.domain import valid_email
from preau.identity.families.custodies import CustodyEntry
from preau.identity.families.dated import Effect
from preau.identity.families.domain import Civility, Delivery, Level, Residency, Status

Name = Annotated[str, Field(min_length=1, max_length=80)]
Label = Annotated[str, Field(max_length=80)]
BirthDate = Annotated[date, Field(ge=date(1990, 1, 1))]
Category = Annotated[str, Field(max_length=40)]
"""The category of a child, a code of the commune's own; "" for none."""
ResidencyCode = Annotated[str, Field(min_length=1, max_length=40)]
"""The code of one of the commune's classes of residency."""
Code = Annotated[
    str, Shaped("[a-z0-9_]{1,40}", "Un code est fait de lettres minuscules, de chiffres et de tirets bas.")
]
ListLabel = Annotated[str, Field(min_length=1, max_length=80)]
EffectiveDay = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2099, 12, 31))]
"""The first day of something that holds from then on."""
Beginning = Annotated[date, Field(le=date(2099, 12, 31))]
"""The day on which an entry begins; 0001-01-01: it holds since always."""


def _two_decimals(value: Decimal) -> Decimal:
    if value != round(value, 2):
        raise ValueError("Deux décimales au plus sont attendues, par exemple 859,99.")
    return value


QuotientValue = Annotated[Decimal, Field(ge=0, le=100_000), AfterValidator(_two_decimals)]
"""In euros, with two decimals at most."""


class FromDay(RequestModel):
    """From when a change holds: from ``effective_from``, else from the commune's today; or since always."""

    effective_from: EffectiveDay | None = None
    since_always: bool = False
    """The change corrects what holds since always."""

    @field_validator("since_always")
    @classmethod
    def _without_a_day(cls, since_always: bool, info: ValidationInfo) -> bool:
        if since_always and info.data.get("effective_from") is not None:
            raise ValueError("Indiquez une date d’effet, ou que cela vaut depuis toujours : pas les deux.")
        return since_always

    @property
    def effect(self) -> Effect:
        """From when, as the domain has it."""
        return Effect(self.effective_from, self.since_always)


OF_EFFECT = frozenset(FromDay.model_fields)
"""The fields that say from when a change holds, not what it changes."""


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


class NewGuardianIn(GuardianIn, FromDay):
    """A responsable to add to a family; whether they pay has a first day."""


class ChildIn(RequestModel):
    """A child to add."""

    first_name: Name
    last_name: Name
    birth_date: BirthDate
    school: Label = ""
    class_name: Label = ""
    level: Level = "elementary"
    category: Category = ""
    diet: Label = ""


class QuotientIn(RequestModel):
    """A quotient familial in euros, with two decimals at most, from a day on."""

    value: QuotientValue
    effective_from: EffectiveDay

    @property
    def cents(self) -> int:
        """The quotient in hundredths of a euro."""
        return int(self.value * 100)


class FamilyIn(RequestModel):
    """A family to register."""

    label: str = Field(min_length=1, max_length=120)
    residency: ResidencyCode = "resident"
    address: AddressIn = AddressIn()
    guardians: list[GuardianIn] = Field(min_length=1, max_length=6)
    children: list[ChildIn] = Field(default_factory=list[ChildIn], max_length=20)
    quotients: list[QuotientIn] = Field(default_factory=list[QuotientIn], max_length=50)
    delivery: Delivery = "mail"
    known_family: bool = False
    """That the commune has a family with these persons is known and meant: children live in two homes."""


class ResidencyClassIn(RequestModel):
    """A class of residency; ``code`` is what tariffs name it by."""

    code: Code
    label: ListLabel
    is_resident: bool = False


class ChildCategoryIn(RequestModel):
    """A category of children; ``code`` is what tariffs name it by."""

    code: Code
    label: ListLabel


class ListsIn(RequestModel):
    """The lists of the commune's own, whole."""

    residency_classes: list[ResidencyClassIn] = Field(min_length=1, max_length=20)
    child_categories: list[ChildCategoryIn] = Field(default_factory=list[ChildCategoryIn], max_length=20)


class FamilyPatch(FromDay):
    """Changes to the family itself; what is absent stays. The residency changes from a day on."""

    label: str | None = Field(default=None, min_length=1, max_length=120)
    status: Status | None = None
    residency: ResidencyCode | None = None
    address: AddressIn | None = None
    delivery: Delivery | None = None


class DeliveryIn(RequestModel):
    """How a family wants its invoices from the next one on."""

    delivery: Delivery


class GuardianPatch(FromDay):
    """Changes to a responsable; what is absent stays.

    ``is_payer`` can be taken, from a day on, not laid down.
    """

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


class CustodyDatesIn(RequestModel):
    """Days, both included, on which one side has the child whatever the kind says."""

    first_day: EffectiveDay
    last_day: EffectiveDay
    side: Side


Weekday = Annotated[int, Field(ge=1, le=7)]
"""1 is Monday."""


class CustodyIn(FromDay):
    """Who has a child between the family of its record and another one, from a day on.

    By ``kind``: ``none`` ends a custody; ``weeks`` needs which ones the other family has and on which weekday
    a week of custody begins; ``weekdays`` those of the other family; ``dates`` at least one of its side;
    ``share`` what the other pays of each day in percent. What a kind does not use is not kept.
    """

    kind: CustodyKind
    family_id: UUID | None = None
    weeks: Literal["even", "odd"] = "even"
    changes_on: Weekday = 1
    weekdays: list[Weekday] = Field(default_factory=list[int], max_length=7)
    percent: int = Field(default=0, ge=0, le=100)
    dates: list[CustodyDatesIn] = Field(default_factory=list[CustodyDatesIn], max_length=60)

    @property
    def entry(self) -> CustodyEntry:
        """What it says, as the domain has it."""
        return CustodyEntry(
            kind=self.kind,
            family_id=self.family_id,
            weeks=self.weeks,
            changes_on=self.changes_on,
            weekdays=tuple(self.weekdays),
            percent=self.percent,
            dates=tuple(CustodyDates(**each.model_dump()) for each in self.dates),
        )


MAY_GO = frozenset({"counts_from", "counts_to"})
"""What null takes away; elsewhere in a change it says nothing."""


class ChildPatch(FromDay):
    """Changes to a child; what is absent stays. School, class, level and category change from a day on.

    ``counts_from`` and ``counts_to`` bound when the child counts among the siblings (the second excluded);
    null takes a bound away.
    """

    first_name: Name | None = None
    last_name: Name | None = None
    birth_date: BirthDate | None = None
    school: Label | None = None
    class_name: Label | None = None
    level: Level | None = None
    category: Category | None = None
    diet: Label | None = None
    counts_from: EffectiveDay | None = None
    counts_to: EffectiveDay | None = None

    def changes(self) -> dict[str, Any]:
        """What is to be otherwise, by name."""
        sent = self.model_dump(exclude_unset=True, exclude=set(OF_EFFECT))
        return {name: value for name, value in sent.items() if value is not None or name in MAY_GO}


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


class PeriodOut(ResponseModel):
    """What holds from a day (included; null: since always) to another (excluded) or without end."""

    effective_from: date | None
    effective_to: date | None


class SchoolingOut(PeriodOut):
    """Where a child is at school; ``category`` is a code of the commune's own."""

    school: str
    class_name: str
    level: Level
    category: str


class CustodyDatesOut(ResponseModel):
    """Days, both included, on which one side has the child whatever the kind says."""

    first_day: date
    last_day: date
    side: Side


class CustodyOut(PeriodOut):
    """Who has a child, as ``CustodyIn`` says it. Parents get no ``family_id`` of the other family."""

    kind: CustodyKind
    family_id: UUID | None
    family_label: str
    weeks: Literal["even", "odd"]
    changes_on: int
    weekdays: list[int]
    percent: int
    dates: list[CustodyDatesOut]


class CustodyDayOut(ResponseModel):
    """A day, and what the other family pays of it in percent: 100 has the child, 0 has not."""

    day: date
    percent: int
    family_id: UUID | None
    family_label: str


class CustodyPreviewOut(ResponseModel):
    """Who has a child on each day of five weeks, from a Monday on."""

    days: list[CustodyDayOut]


class SharedChildOut(ResponseModel):
    """A child of another family, its home, that this one has or pays for by custody.

    ``home_hidden``: a parent of this family gets its first name and their own days, the rest is left out.
    """

    child_id: UUID
    first_name: str
    last_name: str
    home_family_id: UUID | None
    home_family_label: str
    home_hidden: bool
    custodies: list[CustodyOut]


class ChildOut(ResponseModel):
    """A child of the family; school, class, level and category are those of the day it was published on."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_date: date
    school: str
    class_name: str
    level: Level
    category: str
    diet: str
    schoolings: list[SchoolingOut]
    counts_from: date | None
    counts_to: date | None
    custodies: list[CustodyOut]
    pickup_authorisations: list[PickupOut]


class QuotientOut(ResponseModel):
    """A quotient familial, from a day (included) to another (excluded) or without end.

    ``value`` is in whole euros, rounded down; ``cents`` is the exact one in hundredths of a euro.
    ``recorded_on`` is the day on which it was entered, null when nobody noted it.
    """

    value: int
    cents: int
    effective_from: date
    effective_to: date | None
    recorded_on: date | None


class ResidencyOut(PeriodOut):
    """Where the family lives, as prices see it: the code of a class of the commune's own."""

    residency: str


class PayerOut(PeriodOut):
    """Who receives the invoices."""

    guardian_id: UUID


class FamilyOut(ResponseModel):
    """The whole record of a family; residency and payer are those of the day it was published on.

    ``residency`` tells whether the family's class counts as resident, ``residencies`` tell the class.
    ``delivery`` is how the family wants its invoices, ``delivered_by`` how they reach it: on paper also
    where nobody has an account. ``shared_children`` are those of other families whose
    custodies name this one.
    """

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
    residencies: list[ResidencyOut]
    payers: list[PayerOut]
    delivery: Delivery
    delivered_by: Delivery
    shared_children: list[SharedChildOut]
