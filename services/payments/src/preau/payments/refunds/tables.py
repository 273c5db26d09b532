"""Refunds that billing ordered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from preau.common.db.tables import commune_column, instant, optional_instant, uuid_pk
from preau.payments.database import Table, status_column
from preau.payments.refunds.lifecycle import RefundStatus


class Refund(Table):
    """A payment to be given back, in whole or part, by the id that billing gave the refund."""

    __tablename__ = "refund"

    refund_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    payment_id: Mapped[UUID]
    amount_cents: Mapped[int]
    reason: Mapped[str]
    agent_id: Mapped[UUID | None]
    status: Mapped[RefundStatus] = status_column(RefundStatus, default=RefundStatus.REQUESTED)
    requested_at: Mapped[datetime] = instant()
    next_attempt_at: Mapped[datetime | None] = optional_instant()
