"""Notifications as they came."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, instant, uuid_pk
from preau.payments.database import Table


class Webhook(Table):
    """One notification about one payment, raw; the same one delivered again only counts up."""

    __tablename__ = "webhook"
    __table_args__ = (UniqueConstraint("payment_id", "digest"),)

    webhook_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    payment_id: Mapped[UUID]
    digest: Mapped[bytes]
    headers: Mapped[dict[str, str]] = mapped_column(JSONB)
    body: Mapped[bytes]
    deliveries: Mapped[int] = mapped_column(default=1)
    received_at: Mapped[datetime] = instant()
    last_received_at: Mapped[datetime] = instant()
