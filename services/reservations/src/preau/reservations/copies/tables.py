"""Copies of communes, families, children and tariffs, each with the publisher's version."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, uuid_pk
from preau.common.db.text_order import key_column
from preau.reservations.database import Table


class CommuneCopy(Table):
    """A commune as identity last published it."""

    __tablename__ = "commune_copy"

    commune_id: Mapped[UUID] = uuid_pk()
    version: Mapped[int]
    name: Mapped[str]
    time_zone: Mapped[str]
    school_zone: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str]


class FamilyCopy(Table):
    """A family as identity last published it."""

    __tablename__ = "family_copy"

    family_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    version: Mapped[int]
    label: Mapped[str]
    label_key: Mapped[str] = key_column()
    status: Mapped[str]


class ChildCopy(Table):
    """A child in one family; a child of two families has two rows."""

    __tablename__ = "child_copy"

    family_id: Mapped[UUID] = mapped_column(primary_key=True)
    child_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    first_name: Mapped[str]
    last_name: Mapped[str]
    name_key: Mapped[str] = key_column()
    birth_date: Mapped[date]
    class_name: Mapped[str]
    level: Mapped[str]
    diet: Mapped[str]


class DebtCopy(Table):
    """What keeps a family from booking, as billing last published it; 0, or not here: nothing."""

    __tablename__ = "debt_copy"

    family_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    version: Mapped[int]
    owed_cents: Mapped[int]


class TariffCopy(Table):
    """Since when an activity has a tariff, as billing last published it; one that has none is not here."""

    __tablename__ = "tariff_copy"

    activity_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    version: Mapped[int]
    first_day: Mapped[date]
