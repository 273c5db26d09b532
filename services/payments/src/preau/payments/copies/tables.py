"""Copies of the identity service's records, with the publisher's version."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column
from preau.common.db.text_order import key_column
from preau.payments.database import Table


class CommuneCopy(Table):
    """What a payment needs of a commune: its name on receipts, its civil time."""

    __tablename__ = "commune_copy"

    commune_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    time_zone: Mapped[str]


class FamilyCopy(Table):
    """What a payment needs of a family: its label and whom the provider writes to."""

    __tablename__ = "family_copy"

    family_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    version: Mapped[int]
    label: Mapped[str]
    label_key: Mapped[str] = key_column()
    payer_name: Mapped[str]
    payer_email: Mapped[str]
