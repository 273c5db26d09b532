"""What the identity service tells: communes, families, accounts."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from preau.contracts.custody import Custody
from preau.contracts.event import Event, Part


class ResidencyClass(Part):
    """A class of residency of the commune's own, which prices may depend on: code, name, whether resident."""

    code: str
    label: str
    is_resident: bool = False


class ChildCategory(Part):
    """A category of children that prices may depend on, of the commune's own: its code and its name."""

    code: str
    label: str


class CommuneUpdatedV1(Event):
    """A commune was created or changed. ``aggregate_id`` is the commune's id.

    Without ``residency_classes`` there are two, ``resident`` and ``non_resident``. ``logo`` is a PNG in
    base64, at most 480 by 240 pixels; "" for none.
    """

    event_type: ClassVar[str] = "identity.commune.updated"

    slug: str
    name: str
    time_zone: str = "Europe/Paris"
    school_zone: str = "A"
    accent_colour: str = "#1f5fa8"
    contact_email: str = ""
    contact_phone: str = ""
    residency_classes: tuple[ResidencyClass, ...] = ()
    child_categories: tuple[ChildCategory, ...] = ()
    logo: str = Field(default="", max_length=200_000)


class Guardian(Part):
    """A responsable of the family. ``has_account`` tells whether a membership links an account to it."""

    guardian_id: UUID
    civility: Literal["", "mme", "m"] = ""
    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""
    is_payer: bool = False
    has_account: bool = False


class ResidencyPeriod(Part):
    """The code of a residency's class, from ``effective_from`` (None: always) to before ``effective_to``."""

    residency: str
    effective_from: date | None = None
    effective_to: date | None = None


class PayerPeriod(Part):
    """Who pays, from ``effective_from`` (None: since always) to before ``effective_to``."""

    guardian_id: UUID
    effective_from: date | None = None
    effective_to: date | None = None


class Schooling(Part):
    """Where a child is at school, from ``effective_from`` (None: since always) to before ``effective_to``.

    ``category`` is a code of the commune's own, "" for none.
    """

    school: str = ""
    class_name: str = ""
    level: Literal["nursery", "elementary", "other"] = "elementary"
    category: str = ""
    effective_from: date | None = None
    effective_to: date | None = None


class Child(Part):
    """A child of the family; ``level`` is the category that tariffs and lists go by.

    School, class, level and category are those of the day of the event, ``schoolings`` those of every day.
    The child counts among the siblings from ``counts_from`` (None: since always) to before ``counts_to``;
    that adults are left out is for readers to see, from the date of birth. ``custodies`` are the child's by
    day; none: its home family has it always.
    """

    child_id: UUID
    first_name: str
    last_name: str
    birth_date: date
    school: str = ""
    class_name: str = ""
    level: Literal["nursery", "elementary", "other"] = "elementary"
    category: str = ""
    diet: str = ""
    schoolings: tuple[Schooling, ...] = ()
    counts_from: date | None = None
    counts_to: date | None = None
    custodies: tuple[Custody, ...] = ()


class Quotient(Part):
    """A quotient familial, from ``effective_from`` to before ``effective_to``.

    ``value`` is in whole euros, rounded down; ``cents`` is the exact one in hundredths of a euro.
    ``recorded_on`` is the commune's civil day on which it was entered.
    """

    value: int = Field(ge=0)
    cents: int | None = Field(default=None, ge=0)
    effective_from: date
    effective_to: date | None = None
    recorded_on: date | None = None


class Address(Part):
    """A postal address."""

    street: str = ""
    postal_code: str = ""
    city: str = ""


class FamilyUpdatedV1(Event):
    """The whole record of a family as it stands. ``aggregate_id`` is the family's id.

    ``residency`` (whether the class counts as resident) and the guardians' ``is_payer`` are those of the
    day of the event, ``residencies`` and ``payers`` those of every day. When the day of another one
    comes, the record is published anew. ``delivery`` is how invoices that are issued from now on reach the
    family: on paper where it wants so, or where nobody has an account (None: earlier events do not say).
    ``shared_children`` are children of other families that this one has or pays for by their custodies; they
    count among its siblings from the first day of such a custody to the last.
    """

    event_type: ClassVar[str] = "identity.family.updated"

    label: str
    status: Literal["active", "closed"] = "active"
    residency: Literal["resident", "non_resident"] = "resident"
    address: Address = Address()
    guardians: tuple[Guardian, ...]
    children: tuple[Child, ...]
    quotients: tuple[Quotient, ...] = ()
    residencies: tuple[ResidencyPeriod, ...] = ()
    payers: tuple[PayerPeriod, ...] = ()
    delivery: Literal["mail", "paper"] | None = None
    shared_children: tuple[Child, ...] = ()


class AccountErasedV1(Event):
    """An account was erased: who keeps its id forgets it. ``aggregate_id`` is the account's id."""

    event_type: ClassVar[str] = "identity.account.erased"

    families: tuple[UUID, ...] = ()
    email_hash: str = ""


__all__ = [
    "AccountErasedV1",
    "Address",
    "Child",
    "ChildCategory",
    "CommuneUpdatedV1",
    "FamilyUpdatedV1",
    "Guardian",
    "PayerPeriod",
    "Quotient",
    "ResidencyClass",
    "ResidencyPeriod",
    "Schooling",
]
