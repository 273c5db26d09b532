"""The books of the sandbox bank: its own, no commune's. Development only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import instant, optional_instant, uuid_pk
from preau.payments.database import Table, status_column
from preau.payments.providers.sandbox.domain import BankState


class BankTransaction(Table):
    """What a shop asked the bank to collect. ``merchant_ref`` is the shop's own reference."""

    __tablename__ = "sandbox_transaction"

    transaction_ref: Mapped[str] = mapped_column(primary_key=True)
    merchant_ref: Mapped[str]
    regie_id: Mapped[UUID]
    label: Mapped[str]
    amount_cents: Mapped[int]
    return_url: Mapped[str]
    state: Mapped[BankState] = status_column(BankState, default=BankState.OPEN)
    paid_cents: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = instant()
    decided_at: Mapped[datetime | None] = optional_instant()


class BankRefund(Table):
    """Money that the bank gave back; ``refund_id`` is the shop's, so that a repetition gives it once."""

    __tablename__ = "sandbox_refund"

    refund_id: Mapped[UUID] = mapped_column(primary_key=True)
    transaction_ref: Mapped[str]
    amount_cents: Mapped[int]


class BankNotification(Table):
    """A webhook that the bank has yet to post; gone once it was answered 2xx, or tried often enough."""

    __tablename__ = "sandbox_notification"

    notification_id: Mapped[UUID] = uuid_pk()
    transaction_ref: Mapped[str]
    regie_id: Mapped[UUID]
    due_at: Mapped[datetime] = instant()
    attempts: Mapped[int] = mapped_column(default=0)
