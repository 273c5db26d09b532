"""Receipts and their numbers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, instant
from preau.payments.database import Table


class ReceiptSeries(Table):
    """The last rank given in a régie and year."""

    __tablename__ = "receipt_series"

    regie_id: Mapped[UUID] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    last: Mapped[int]


class Receipt(Table):
    """The proof that a payment was received; never changed."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("regie_id", "number"),)

    payment_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    regie_id: Mapped[UUID]
    number: Mapped[str]
    payer_name: Mapped[str]
    issued_at: Mapped[datetime] = instant()
