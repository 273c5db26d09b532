"""What payments did, and the credits they left."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.common.db.tables import commune_column, instant, optional_instant, uuid_pk


class PaymentEffect(Table):
    """What a payment did to one invoice: ``applied_cents`` paid it, ``credited_cents`` was too much."""

    __tablename__ = "payment_effect"

    payment_id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID]
    applied_cents: Mapped[int]
    credited_cents: Mapped[int]
    refunded_cents: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime] = instant()


class FamilyCredit(Table):
    """Money that the commune owes a family. While ``open`` it is a task for an agent."""

    __tablename__ = "family_credit"

    credit_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID]
    regie_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    payment_id: Mapped[UUID | None]
    amount_cents: Mapped[int]
    reason: Mapped[str]
    message: Mapped[str]
    status: Mapped[str]
    created_at: Mapped[datetime] = instant()
    handled_at: Mapped[datetime | None] = optional_instant()
    handled_by: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(default="")
