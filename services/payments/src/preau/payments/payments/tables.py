"""Payments and the invoices that they pay."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from preau.common.db.tables import (
    commune_column,
    instant,
    kept_instant,
    optional_instant,
    uuid_pk,
    version_column,
)
from preau.payments.database import Table, status_column
from preau.payments.payments.lifecycle import PaymentStatus
from preau.payments.providers.protocols import Method


class Allocation(Table):
    """The part of a payment that goes to one invoice; never changed."""

    __tablename__ = "payment_allocation"

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.payment_id"), primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    invoice_number: Mapped[str]
    amount_cents: Mapped[int]


class Payment(Table):
    """One transaction at a provider, for invoices of one régie and one family.

    ``received_cents`` is what the provider says it took; ``next_check_at`` when it is to be asked again;
    ``happened_at`` when it was settled, else made: PostgreSQL keeps it.
    """

    __tablename__ = "payment"
    __table_args__ = (UniqueConstraint("provider", "provider_ref"),)

    payment_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    regie_id: Mapped[UUID]
    regie_label: Mapped[str]
    family_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    provider: Mapped[str]
    provider_ref: Mapped[str | None]
    status: Mapped[PaymentStatus] = status_column(PaymentStatus, default=PaymentStatus.CREATED)
    version: Mapped[int] = version_column()
    amount_cents: Mapped[int]
    received_cents: Mapped[int | None]
    method: Mapped[Method | None] = mapped_column(Text)
    return_url: Mapped[str]
    redirect_url: Mapped[str | None]
    created_at: Mapped[datetime] = instant()
    settled_at: Mapped[datetime | None] = optional_instant()
    happened_at: Mapped[datetime] = kept_instant()
    receipt_number: Mapped[str | None]
    asked_at: Mapped[datetime | None] = optional_instant()
    next_check_at: Mapped[datetime | None] = optional_instant()

    allocations: Mapped[list[Allocation]] = relationship(order_by=Allocation.invoice_id, lazy="raise")
