"""Orders and the prepaid invoices that billing issued for them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUuid
from sqlalchemy.orm import Mapped, mapped_column

from preau.common.db.tables import commune_column, instant, optional_instant, uuid_pk, version_column
from preau.reservations.database import Table


class OrderRow(Table):
    """A validated basket; a prepaid one holds its places until ``held_until``.

    ``cancelled_ids`` are the bookings that it cancelled, or asked to cancel.
    """

    __tablename__ = "booking_order"

    order_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    version: Mapped[int] = version_column()
    family_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    status: Mapped[str]
    placed_at: Mapped[datetime] = instant()
    held_until: Mapped[datetime | None] = optional_instant()
    cancelled_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PgUuid(as_uuid=True)), server_default="{}")


class OrderInvoice(Table):
    """A prepaid invoice of an order, as billing last published it: open, settled or cancelled."""

    __tablename__ = "order_invoice"

    invoice_id: Mapped[UUID] = uuid_pk()
    commune_id: Mapped[UUID] = commune_column()
    order_id: Mapped[UUID] = mapped_column(ForeignKey("booking_order.order_id"))
    regie_id: Mapped[UUID]
    total_cents: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str]
