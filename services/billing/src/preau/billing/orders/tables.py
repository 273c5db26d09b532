"""Prepaid orders, as far as billing needs to remember them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from preau.billing.database import Table
from preau.common.db.tables import commune_column, instant


class PrepaidOrder(Table):
    """An order that awaits or awaited payment. Its end may arrive before its beginning."""

    __tablename__ = "prepaid_order"

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    commune_id: Mapped[UUID] = commune_column()
    family_id: Mapped[UUID]
    status: Mapped[str]
    updated_at: Mapped[datetime] = instant()
