"""The commune's record of a family."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, instant, optional_instant, uuid_pk, version_column
from preau.common.db.text_order import key_column
from preau.identity.database import Table


def _family_key() -> Mapped[UUID]:
    return mapped_column(ForeignKey("family.family_id", ondelete="CASCADE"), index=True)


class Family(Table):
    """A foyer. ``version`` grows with every change to any part of the record; the keys are unaccented.

    ``delivery`` is how the family wants its invoices.
    """

    __tablename__ = "family"

    family_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    label: Mapped[str]
    status: Mapped[str]
    residency: Mapped[str]
    street: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    sort_key: Mapped[str]
    search_key: Mapped[str]
    delivery: Mapped[str] = mapped_column(default="mail")
    city_key: Mapped[str] = key_column()
    version: Mapped[int] = version_column()
    created_at: Mapped[datetime] = instant()


class Guardian(Table):
    """A responsable of the family, in the order of the record."""

    __tablename__ = "guardian"

    guardian_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID] = _family_key()
    position: Mapped[int]
    civility: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    is_payer: Mapped[bool]


class Membership(Table):
    """An account stands for a guardian: one account a guardian, many guardians an account."""

    __tablename__ = "membership"

    membership_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.account_id", ondelete="CASCADE"), index=True)
    family_id: Mapped[UUID] = _family_key()
    guardian_id: Mapped[UUID] = mapped_column(
        ForeignKey("guardian.guardian_id", ondelete="CASCADE"), unique=True
    )
    created_at: Mapped[datetime] = instant()


class Child(Table):
    """A child of the family."""

    __tablename__ = "child"

    child_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID] = _family_key()
    first_name: Mapped[str]
    last_name: Mapped[str]
    birth_date: Mapped[date]
    school: Mapped[str]
    class_name: Mapped[str]
    level: Mapped[str]
    category: Mapped[str]
    diet: Mapped[str]
    counts_from: Mapped[date | None]
    counts_to: Mapped[date | None]


class Quotient(Table):
    """A quotient familial, from a date until the next one's: in hundredths of a euro, and in whole euros."""

    __tablename__ = "quotient"
    __table_args__ = (UniqueConstraint("family_id", "effective_from"),)

    quotient_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID] = _family_key()
    value: Mapped[int]
    cents: Mapped[int]
    effective_from: Mapped[date]
    recorded_on: Mapped[date | None]


class ResidencyPeriod(Table):
    """Where a family lives from a date ("-infinity": since always) until the next one's.

    ``applied_at`` of this and the like is when the record was published with it, its day come.
    """

    __tablename__ = "residency_period"
    __table_args__ = (UniqueConstraint("family_id", "effective_from"),)

    period_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID] = _family_key()
    residency: Mapped[str]
    effective_from: Mapped[date]
    applied_at: Mapped[datetime | None] = optional_instant()


class PayerPeriod(Table):
    """Who receives a family's invoices from a date ("-infinity": since always) until the next one's."""

    __tablename__ = "payer_period"
    __table_args__ = (UniqueConstraint("family_id", "effective_from"),)

    period_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID] = _family_key()
    guardian_id: Mapped[UUID] = mapped_column(ForeignKey("guardian.guardian_id", ondelete="CASCADE"))
    effective_from: Mapped[date]
    applied_at: Mapped[datetime | None] = optional_instant()


class Schooling(Table):
    """Where a child is at school from a date ("-infinity": since always) until the next one's."""

    __tablename__ = "schooling"
    __table_args__ = (UniqueConstraint("child_id", "effective_from"),)

    schooling_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID] = _family_key()
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.child_id", ondelete="CASCADE"))
    school: Mapped[str]
    class_name: Mapped[str]
    level: Mapped[str]
    category: Mapped[str]
    effective_from: Mapped[date]
    applied_at: Mapped[datetime | None] = optional_instant()


class ChildCustody(Table):
    """Who has a child from a date ("-infinity": since always) until the next one's.

    ``family_id`` is the family of the child's record; the columns are those of the contract's ``Custody``.
    """

    __tablename__ = "child_custody"
    __table_args__ = (UniqueConstraint("child_id", "effective_from"),)

    custody_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID] = _family_key()
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.child_id", ondelete="CASCADE"))
    kind: Mapped[str]
    other_family_id: Mapped[UUID | None] = mapped_column(ForeignKey("family.family_id"), index=True)
    weeks: Mapped[str]
    changes_on: Mapped[int]
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    percent: Mapped[int]
    dates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    effective_from: Mapped[date]


class PickupAuthorisation(Table):
    """Someone who may fetch a child; ``request_id`` is the accepted request that says so."""

    __tablename__ = "pickup_authorisation"

    authorisation_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    child_id: Mapped[UUID] = mapped_column(ForeignKey("child.child_id", ondelete="CASCADE"), index=True)
    request_id: Mapped[UUID] = mapped_column(unique=True)
    person_name: Mapped[str]
    relation: Mapped[str]
    phone: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class AddressChange(Table):
    """A change of address that an accepted request brought, applied from ``valid_from`` on."""

    __tablename__ = "address_change"

    request_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID] = _family_key()
    street: Mapped[str]
    postal_code: Mapped[str]
    city: Mapped[str]
    valid_from: Mapped[date]
    applied_at: Mapped[datetime | None] = optional_instant()
